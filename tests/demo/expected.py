"""What the transcripts of the demo must say, reckoned by hand from demo/ and docs/transcripts.md.

None of this was made by the code that it tests. Terms begin on August 1 and January 12. In the tables `tries`
is the number of attempts, `weighted` the points with what the level adds, and `-` stands for nothing.
"""

from __future__ import annotations

from typing import Any, NamedTuple

Json = dict[str, Any]
Table = list[list[str]]

NOTES = {
    "unverified": "self-reported, and verified by nobody who is trusted",
    "another counts": "repeated: another line of this course counts",
}


class Transcript(NamedTuple):
    """A transcript without what stands behind it."""

    lines: Table
    in_progress: Table
    totals: Json
    gpa: Json | None


def rows(table: str) -> Table:
    """The cells of a table, whose columns stand at least two spaces apart."""
    _, *lines = [[cell.strip() for cell in line.split("  ") if cell] for line in table.strip().splitlines()]
    return lines


# At the end of the year. Lines stand in the order in which they began.
#
#   band, fall          Dec 18 the school said F, which was another child's: void since Jan 8; B+ in its place
#   fractions           tests 0.81 B-, 0.94 A, 0.88 B+; at her own pace the best counts
#   bridge              Feb 20 4 of 10 kg, 0.40 F; May 22 9.1 of 10 kg, 0.91 A-; by terms, the latest counts
#   writing             0.95 A, in an honors course: 4.00 + 0.5
#   measurement         0.52 F in fall; 0.74 C in spring is better, and counts in its stead
#   local-history       Dec 14 the family said 0.92 A-; the tutor verified it on Mar 3
#   band, spring        A, in the other of the two terms that earn credit
#   needlework          the family's word and nobody else's: P, which earns nothing
#   physical-education  waived by the registrar, CR: credit, out of the GPA
#   angles              40 per cent of it by May 28
MIRA = Transcript(
    rows("""
course              provider  trust       term            status     tries  attempted  earned  grade  score  points  weighted  repeat       note
band                school    approved    2025-26 Fall    Completed  1      0.25       0.25    B+     -      3.33    3.33      counted      -
fractions           pathway   approved    -               Completed  3      0.50       0.50    A      0.94   4.00    4.00      -            -
bridge              coop      approved    2025-26         Completed  2      0.50       0.50    A-     0.91   3.67    3.67      -            -
writing             tutor     instructor  2025-26         Completed  1      0.50       0.50    A      0.95   4.00    4.50      -            -
measurement         pathway   approved    2025-26 Fall    Failed     1      0.50       0.00    F      0.52   -       -         not counted  another counts
local-history       home      self        2025-26         Completed  1      0.25       0.25    A-     0.92   3.67    3.67      -            -
measurement         pathway   approved    2025-26 Spring  Completed  1      0.50       0.50    C      0.74   2.00    2.00      counted      -
band                school    approved    2025-26 Spring  Completed  1      0.25       0.25    A      -      4.00    4.00      counted      -
needlework          home      self        2025-26         Completed  1      0.25       0.00    P      -      -       -         -            unverified
physical-education  -         registrar   2025-26         Completed  0      0.25       0.25    CR     -      -       -         -            -
"""),  # noqa: E501
    rows("""
course  provider  trust     term  status      tries  attempted  earned  grade  score  points  weighted  repeat  note
angles  pathway   approved  -     InProgress  0      0.50       0.00    -      -      -       -         -       -
"""),  # noqa: E501
    # Attempted: band 0.25 + 0.25, fractions 0.50, bridge 0.50, writing 0.50, measurement 0.50 + 0.50,
    # local history 0.25, physical education 0.25: 3.50. Needlework is in nothing.
    # Earned: all of these but the F in measurement, 3.50 - 0.50.
    {"Carnegie": {"attempted": "3.50", "earned": "3.00", "in_progress": "0.50"}},
    # band, fall    0.25 x 3.33   0.8325     local history  0.25 x 3.67   0.9175
    # fractions     0.50 x 4.00   2.0000     measurement    0.50 x 2.00   1.0000
    # bridge        0.50 x 3.67   1.8350     band, spring   0.25 x 4.00   1.0000
    # writing       0.50 x 4.00   2.0000     together       2.75          9.5850
    # unweighted 9.5850 / 2.75 = 3.4854…, weighted (9.5850 + 0.50 x 0.5) / 2.75 = 9.8350 / 2.75 = 3.5763…
    {"unit": "Carnegie", "credits": "2.75", "unweighted": "3.49", "weighted": "3.58", "max": "4.00"},
)

# In the middle of the year the school's mistake stands, the family's claim does not; nothing is repeated yet.
MIRA_IN_THE_MIDDLE = Transcript(
    rows("""
course         provider  trust     term          status     tries  attempted  earned  grade  score  points  weighted  repeat  note
band           school    approved  2025-26 Fall  Failed     1      0.25       0.00    F      -      0.00    0.00      -       -
fractions      pathway   approved  -             Completed  2      0.50       0.50    A      0.94   4.00    4.00      -       -
measurement    pathway   approved  2025-26 Fall  Failed     1      0.50       0.00    F      0.52   0.00    0.00      -       -
local-history  home      self      2025-26       Completed  1      0.25       0.00    A-     0.92   -       -         -       unverified
"""),  # noqa: E501
    rows("""
course   provider  trust       term     status      tries  attempted  earned  grade  score  points  weighted  repeat  note
bridge   coop      approved    2025-26  InProgress  0      0.50       0.00    -      -      -       -         -       -
writing  tutor     instructor  2025-26  InProgress  0      0.50       0.00    -      -      -       -         -       -
"""),  # noqa: E501
    # Attempted 0.25 + 0.50 + 0.50; in progress 0.50 + 0.50.
    {"Carnegie": {"attempted": "1.25", "earned": "0.50", "in_progress": "1.00"}},
    # 0.25 x 0.00 + 0.50 x 4.00 + 0.50 x 0.00 = 2.00, and 2.00 / 1.25 = 1.60
    {"unit": "Carnegie", "credits": "1.25", "unweighted": "1.60", "weighted": "1.60", "max": "4.00"},
)

# Bookkeeping I: the exam 0.58 F, again a week later 0.86 B; the latest counts. Bookkeeping II has not begun.
INES = Transcript(
    rows("""
course         provider  trust     term  status     tries  attempted  earned  grade  score  points  weighted  repeat  note
bookkeeping-1  college   approved  -     Completed  2      3.0        3.0     B      0.86   3.0     3.0       -       -
"""),  # noqa: E501
    rows("""
course         provider  trust     term  status    tries  attempted  earned  grade  score  points  weighted  repeat  note
bookkeeping-2  college   approved  -     Enrolled  0      3.0        0.0     -      -      -       -         -       -
"""),  # noqa: E501
    {"Semester hours": {"attempted": "3.0", "earned": "3.0", "in_progress": "3.0"}},
    # 3.0 x 3.0 / 3.0
    {"unit": "Semester hours", "credits": "3.0", "unweighted": "3.00", "weighted": "3.00", "max": "4.0"},
)

INES_IN_THE_MIDDLE = Transcript(
    [],
    rows("""
course         provider  trust     term  status      tries  attempted  earned  grade  score  points  weighted  repeat  note
bookkeeping-1  college   approved  -     InProgress  0      3.0        0.0     -      -      -       -         -       -
"""),  # noqa: E501
    {"Semester hours": {"attempted": "0.0", "earned": "0.0", "in_progress": "3.0"}},
    None,
)


def transcript(document: Json) -> Transcript:
    """What a document says, as in these tables."""
    lines, in_progress = ([_cells(each) for each in document[name]] for name in ("lines", "in_progress"))
    return Transcript(lines, in_progress, document["totals"], document["gpa"])


def _cells(line: Json) -> list[str]:
    notes = {text: short for short, text in NOTES.items()}
    provider, credits_ = line["provider"], line["credits"]
    return [
        "-" if value is None else str(value)
        for value in (
            line["course"], provider["id"], provider["trust"], line["term"], line["status"],
            len(line["attempts"]), credits_["attempted"], credits_["earned"], line["grade"], line["score"],
            line["points"], line["weighted_points"], line["repeat"], notes.get(line["note"], line["note"]),
        )
    ]  # fmt: skip
