# One image for every service: which one a container runs is its first argument.
#
#   docker build -t signalbox .
#   docker run --rm signalbox dns-service --help

# Just what Maven needs to know which libraries and plugins to fetch. Found, not listed, so that a new module needs
# no line here; copied on from a stage of its own, so that the downloads below are kept until one of these changes.
FROM eclipse-temurin:25-jdk AS poms
WORKDIR /src
COPY . .
RUN mkdir /poms \
  && find . -type f \( -name pom.xml -o -name mvnw -o -path './.mvn/*' \) -exec cp --parents '{}' /poms ';'

FROM eclipse-temurin:25-jdk AS build
WORKDIR /src
COPY --from=poms /poms ./
ARG MAVEN_ARGUMENTS="-B -q -Dmaven.test.skip=true -Dspotless.check.skip -pl cli -am"
# A build without sources makes nothing of use and may fail in places; what it downloads is what counts.
RUN ./mvnw ${MAVEN_ARGUMENTS} --fail-never package >/dev/null && find . -name target -prune -exec rm -rf '{}' +
COPY . .
RUN ./mvnw ${MAVEN_ARGUMENTS} package \
  && cp -r cli/target/dist /dist \
  && mv /dist/lib /libraries

FROM eclipse-temurin:25-jre
RUN groupadd --gid 10001 signalbox \
  && useradd --uid 10001 --gid signalbox --home-dir /data --no-create-home --shell /usr/sbin/nologin signalbox \
  && mkdir -p /opt/signalbox /data/files /keys /authority \
  && chown -R signalbox:signalbox /data /keys /authority
# The libraries first: they change less often than the services, so most new images share that layer.
COPY --from=build /libraries /opt/signalbox/lib
COPY --from=build /dist /opt/signalbox
COPY docker/ /opt/signalbox/
# Last, because the JVM accepts the cache only with these very jars. Twice as fast to be ready, with a bigger image.
RUN /opt/signalbox/aot-training.sh
USER signalbox
WORKDIR /data
VOLUME /data
ENTRYPOINT ["/opt/signalbox/docker-entrypoint.sh"]
CMD ["signalbox", "--help"]
