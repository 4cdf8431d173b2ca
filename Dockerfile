# syntax=docker/dockerfile:1
# The store alone: `docker compose up` adds a PostgreSQL. Without LRS_DATABASE_URL it runs its embedded one;
# then keep /var/lib/lrs in a volume and start the container with --init.

FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/lrs
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY lrs ./lrs
COPY projections ./projections
COPY xapi_profiles ./xapi_profiles
COPY migrations ./migrations
RUN /opt/lrs/bin/pip install --no-cache-dir --constraint constraints.txt .

FROM python:3.11-slim
# PostgreSQL wants an account with a name, and a person wants one that is not root.
RUN groupadd --gid 10001 lrs \
 && useradd --uid 10001 --gid lrs --home-dir /var/lib/lrs --create-home --shell /usr/sbin/nologin lrs
COPY --from=build /opt/lrs /opt/lrs
ENV PATH=/opt/lrs/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    LRS_PORT=8080 \
    LRS_DATA_DIR=/var/lib/lrs/data
USER lrs
WORKDIR /var/lib/lrs
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f\"http://127.0.0.1:{os.environ['LRS_PORT']}/livez\", timeout=4)"]
CMD ["lrs", "serve", "--host", "0.0.0.0"]
