# The browser files and fonts out of npm packages; npm itself comes from the lock of requirements/assets.txt.
FROM python:3.11-slim-bookworm AS assets
WORKDIR /app
COPY dev.py package.json package-lock.json .npmrc ./
COPY requirements/ requirements/
COPY static/icons.txt static/
RUN python dev.py assets

FROM python:3.11-slim-bookworm
# MALLOC_ARENA_MAX: of the C library's many heaps, two are enough for eight threads, and give back more.
ENV PYTHONUNBUFFERED=1 PYTHONUTF8=1 MALLOC_ARENA_MAX=2 DJANGO_SETTINGS_MODULE=config.settings.base VAR_DIR=/data
WORKDIR /app
COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements/base.txt
COPY . .
COPY --from=assets /app/static_built static_built/
COPY --from=assets /app/fonts fonts/
# The values only let collectstatic start; none of them stays in the image.
RUN SECRET_KEY=build ALLOWED_HOSTS=build DATABASE_URL=sqlite:///build REDIS_URL=memory:// CACHE_URL=dummycache:// \
    FIELD_KEYS={} INDEX_KEY=build LAST_FOUR_KEY=build python manage.py collectstatic --no-input \
    && useradd --system --uid 10001 street && mkdir /data && chown street /data
USER street
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--timeout", "60", "--max-requests", "20000", "--max-requests-jitter", "2000"]
