# Stands in for the official nginx image: Debian's nginx, whose stream module is a file of its own.
ARG FROM
FROM ${FROM}
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nginx libnginx-mod-stream \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt/archives/*.deb
STOPSIGNAL SIGQUIT
CMD ["nginx", "-g", "daemon off; load_module modules/ngx_stream_module.so;"]
