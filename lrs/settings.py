"""What can be set, and what holds when nothing is: every setting is an environment variable LRS_…"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MEBIBYTE = 1024 * 1024


class Settings(BaseSettings):
    """All settings with their defaults; sizes in bytes, times in seconds."""

    model_config = SettingsConfigDict(env_prefix="LRS_", extra="ignore")

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8080, ge=0, le=65535, description="Port to listen on.")
    workers: int = Field(1, ge=1, le=64, description="Server processes.")
    root_path: str = Field("", description="Path prefix that a proxy in front has removed, as in /lrs.")
    shutdown_seconds: int = Field(20, ge=1, description="How long a stopping server may finish its requests.")

    public_url: str = Field("http://localhost:8080", description="Home page in the authority of new keys.")

    data_dir: Path = Field(Path("lrs-data"), description="Folder of the embedded PostgreSQL.")
    database_url: str | None = Field(None, description="An external PostgreSQL, 15 or newer, instead.")
    postgres_bin: Path | None = Field(None, description="Folder with other PostgreSQL programs to embed.")
    pool_size: int = Field(8, ge=2, le=200, description="Database connections per process.")
    statement_timeout: int = Field(30, ge=1, description="Longest time of one database statement.")
    migrate: bool = Field(True, description="Bring the schema up to date at the start.")
    project: bool = Field(
        True, description="Keep the projections up to date, in a process beside the server."
    )

    bootstrap_key: str | None = Field(None, description="Key created at the start in tenant default.")
    bootstrap_secret: SecretStr | None = Field(None, description="Secret of that key.")
    default_xapi_version: Literal["1.0.3", "2.0.0"] = Field(
        "2.0.0", description="Version told to a request that names none."
    )

    max_body: int = Field(32 * MEBIBYTE, ge=1024, description="Largest body of statements.")
    max_batch: int = Field(10_000, ge=1, description="Most statements in one request.")
    max_attachment: int = Field(1024 * MEBIBYTE, ge=0, description="Largest attachment.")
    max_attachments: int = Field(
        2048 * MEBIBYTE, ge=0, description="Largest sum of the attachments of one request."
    )
    max_document: int = Field(16 * MEBIBYTE, ge=0, description="Largest document.")
    max_nesting: int = Field(64, ge=8, le=500, description="Deepest nesting of JSON.")
    max_limit: int = Field(500, ge=1, description="Most statements or events in one answer.")
    max_page_bytes: int = Field(
        16 * MEBIBYTE,
        ge=1,
        description="Most bytes of statements or events in one answer; one is always in it.",
    )
    max_waiting: int = Field(20_000, ge=1, description="Statements waiting to be committed before 503.")
    max_connections: int = Field(1000, ge=1, description="Connections to a process before 503.")
    max_bodies: int = Field(512 * MEBIBYTE, ge=1024, description="All bodies in a process before 503.")
    smallest_group: int = Field(
        10, ge=1, description="Fewest learners that the view of a group tells a number of."
    )
    wait_seconds: int = Field(
        10, ge=1, le=300, description="Longest wait for projections to get to the position of `after`."
    )
    body_timeout: int = Field(60, ge=1, description="Longest pause of a client while it sends a body.")
    max_answers: int = Field(
        256 * MEBIBYTE, ge=1, description="All answers in a process, read but not sent, before 503."
    )
    answer_timeout: int = Field(60, ge=1, description="Longest pause of a client while it reads an answer.")

    checkpoint_seconds: int = Field(
        3600, ge=0, description="Seconds between signed checkpoints of a log that grows; 0 for none."
    )
    cmi5_session_seconds: int = Field(
        4 * 3600, ge=1, description="Silence after which a cmi5 session that nobody terminated is abandoned."
    )
    keep_replaced_documents: bool = Field(False, description="Keep the content of replaced documents.")
    note_statement_reads: bool = Field(
        False, description="Note in the access log who reads statements over xAPI, too."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="What to log.")

    @field_validator("root_path")
    @classmethod
    def _prefix(cls, given: str) -> str:
        """What follows it begins with a slash: with or without slashes around it, the same is meant."""
        path = given.strip("/")
        return f"/{path}" if path else ""
