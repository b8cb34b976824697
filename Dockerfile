# The archive and what publishes it, in one image; compose.yaml runs it as crawler and as publisher.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY archive archive
COPY spiders spiders
RUN python -m venv /opt/archive \
    && /opt/archive/bin/pip install --no-cache-dir --constraint constraints.txt ".[sqlite]"

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /data archive
COPY --from=build /opt/archive /opt/archive
ENV PATH=/opt/archive/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    ARCHIVE_DB=/data/archive.db
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8001
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/robots.txt', timeout=4)"]
ENTRYPOINT ["archive"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8001"]
