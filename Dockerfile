# GME Portal for production: web, worker and beat are the same image with different commands (docker-compose.yml).

FROM python:3.12-slim-bookworm AS packages
WORKDIR /build
COPY pyproject.toml requirements.lock ./
# Everything is fetched and checked against the lock; only what production needs is then installed from those files.
RUN pip wheel --quiet --no-deps --require-hashes --only-binary :all: --wheel-dir /wheels -r requirements.lock \
    && python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies']))" > wanted.txt \
    && python -m venv /opt/venv \
    && /opt/venv/bin/pip install --quiet --no-index --find-links /wheels -r wanted.txt

FROM python:3.12-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-hanazono \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 gme \
    && install -d -o gme -g gme -m 0700 /var/lib/gme
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/gme
COPY manage.py ./
COPY gme_portal gme_portal
COPY admissions admissions
COPY applicants applicants
COPY bases bases
COPY quotas quotas
COPY fixtures fixtures
COPY static static
COPY templates templates
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GME_MODE=production GME_VAR=/var/lib/gme
USER gme
VOLUME /var/lib/gme
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--no-ws", "--http", "1", "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "gme_portal.wsgi:application"]
