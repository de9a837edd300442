# One image for web, worker, beat and the start-up commands; see docker-compose.yml.
FROM node:22-slim AS browser
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=passpro.settings.production
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 \
      libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 passpro
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes -r requirements/base.txt
COPY --chown=passpro . .
COPY --from=browser --chown=passpro /app/node_modules node_modules
# Values that collectstatic needs to start and never uses.
RUN SECRET_KEY=build DATABASE_URL=postgresql://build/build REDIS_URL=redis://build \
    ALLOWED_HOSTS=build SITE_URL=https://build EMAIL_HOST=build PAYER_IBAN=build PAYER_BIC=build \
    PAYER_ID=build IBAN_KEYS=build IBAN_FINGERPRINT_KEY=build python manage.py collectstatic --noinput \
 && chown -R passpro /app/staticfiles
USER passpro
EXPOSE 8000
CMD ["python", "-m", "passpro.server", "--host=0.0.0.0"]
