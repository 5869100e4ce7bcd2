# A node in a container, without a compiler, development packages or root. Only the volume is
# writable (docs/operations.md).
ARG NODE=24-bookworm

FROM node:${NODE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# The time of the release makes the build reproducible:
#   --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
ARG SOURCE_DATE_EPOCH=0
RUN npm run --silent bundle:offline -- /bundle \
  && tar -xzf /bundle/*.tar.gz -C /bundle \
  && CARO_PREFIX=/opt/caro sh /bundle/caro-mesh-*/install.sh

FROM node:${NODE}-slim
COPY --from=build /opt/caro /opt/caro
COPY --chmod=755 config/container/start.sh /opt/caro/bin/start
ENV PATH=/opt/caro/bin:$PATH CARO_HOME=/var/lib/caro HOME=/var/lib/caro SHELL=/bin/bash
RUN groupadd --gid 10001 caro \
  && useradd --uid 10001 --gid caro --home-dir /var/lib/caro --shell /bin/bash caro \
  && install --directory --owner caro --group caro --mode 0700 /var/lib/caro \
  && echo 'eval "$(caro shell init bash)"' >>/etc/bash.bashrc
USER 10001:10001
WORKDIR /var/lib/caro
VOLUME /var/lib/caro
EXPOSE 9238
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["caro", "status", "--json"]
CMD ["/opt/caro/bin/start"]
