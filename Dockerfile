# The emulator in a container, made of the packed package and of nothing else from here:
#
#   npm pack && docker build --tag tallywire-mock .
#
# For builds that stay the same, pin the base by its digest too: node:24-alpine@sha256:...
FROM node:24-alpine

# No package brings an install script along, and none is run.
COPY tallywire-*.tgz /tmp/
RUN npm install --global --ignore-scripts --no-audit --no-fund /tmp/tallywire-*.tgz \
  && rm -rf /tmp/*.tgz /root/.npm

# Who runs as root in a container is closer to being root outside.
USER node
WORKDIR /home/node

EXPOSE 4010
STOPSIGNAL SIGTERM

# By the loopback interface, which needs no permission. Of the port that EXPOSE names.
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --retries=5 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:4010/__mock/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# As lists, so that no shell stands between a signal and the emulator.
ENTRYPOINT ["tallywire", "mock", "--host", "0.0.0.0"]

# The names by which others may call it, the control API included. Arguments of yours take the place of these.
CMD ["--allow-host", "mock", "--allow-host", "localhost", "--allow-host", "127.0.0.1"]
