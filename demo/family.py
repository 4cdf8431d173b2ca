"""Who learns, and where? The people and the places of the demo.

Mira is eleven. Her maths comes from an adaptive platform at home. At the homeschool co-op she builds a
bridge, at school she plays the trumpet, and she writes with a tutor. Her mother Ines takes a course in
bookkeeping. No two places know Mira by the same name: that is what a learning record has to bring together.
"""

from __future__ import annotations

from demo.statements import Place

PATHWAY = Place("pathway-maths", "Pathway Maths", "https://pathway.example")
COOP = Place("riverside-coop", "Riverside Homeschool Co-op", "https://riverside-coop.example")
SCHOOL = Place("lincoln-school", "Lincoln Middle School", "https://lincoln.k12.example")
TUTOR = Place("okafor-writing", "Ada Okafor, writing tutor", "https://okafor.example")
COLLEGE = Place("evening-college", "Evening College", "https://college.example")
# No provider of courses, but it has something to say too.
HOME = Place("santos-home", "The Santos family", "https://santos.example")

MIRA_AT_HOME = {"name": "Mira", "account": {"homePage": PATHWAY.home, "name": "learner-20817"}}
MIRA_AT_COOP = {"name": "Mira Santos", "mbox": "mailto:santos.family@mail.example"}
MIRA_AT_SCHOOL = {"name": "Santos, Mira", "account": {"homePage": SCHOOL.home, "name": "S-004411"}}
MIRA_WITH_TUTOR = {"name": "Mira S.", "mbox": "mailto:mira@mail.example"}
INES = {"name": "Ines Santos", "mbox": "mailto:ines@mail.example"}
ADA = {"name": "Ada Okafor", "mbox": "mailto:ada@okafor.example"}
SCHOOL_OFFICE = {"name": "Lincoln office", "mbox": "mailto:office@lincoln.k12.example"}

# Fifth-graders of the co-op, who build one bridge together.
TEAM = {
    "objectType": "Group",
    "name": "The Bridge Builders",
    "member": [
        MIRA_AT_COOP,
        {"name": "Jonas Weber", "mbox": "mailto:weber@mail.example"},
        {"name": "Leila Haddad", "mbox": "mailto:leila@mail.example"},
    ],
}
