# Stands in for an eclipse-temurin image: the JDK or JRE in the context, at the same place, in the same variables.
ARG FROM
FROM ${FROM}
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY openjdk /opt/java/openjdk
CMD ["java", "-version"]
