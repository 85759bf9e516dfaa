package dev.signalbox.httpprobe.task;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.assertion.AssertionReader;
import dev.signalbox.platform.task.ParamsSchema;
import java.util.List;
import java.util.Map;

/** How the tasks of this service are described to clients. */
public final class HttpProbeTasks {

  private static final int LONGEST_PLACE = 300;
  private final HttpProbeConfig config;

  public HttpProbeTasks(HttpProbeConfig config) {
    this.config = config;
  }

  public TaskType get() {
    return type(
        "http_get_request",
        List.of("http_get"),
        "Fetches a page over HTTP or HTTPS",
        ParamsSchema.object()
            .required("domain_or_ip", ParamsSchema.text("Host name or IP address", 260))
            .optional("port", ParamsSchema.integer("TCP port", 1, 65_535, 443))
            .optional("uri", ParamsSchema.text("Path and query", 4_096, ""))
            .optional(
                "scheme",
                ParamsSchema.oneOf(
                    "auto takes http for ports that begin with 80 and for targets that do not"
                        + " speak TLS, https otherwise",
                    GetTaskReader.SCHEME_UNSAID,
                    List.of("auto", "http", "https")))
            .optional("timeout_ms", timeout()),
        HttpProbeContract.GET);
  }

  public TaskType probe() {
    return type(
        "http_probe",
        List.of(),
        "Sends an HTTP request and reports the answer, the time of every phase, the certificate"
            + " and whether assertions hold",
        ParamsSchema.object()
            .required("url", ParamsSchema.text("http or https URL", ProbeTaskReader.LONGEST_URL))
            .optional(
                "method", ParamsSchema.oneOf("Request method", "GET", ProbeTaskReader.METHODS))
            .optional(
                "headers",
                Map.of(
                    "type",
                    "object",
                    "description",
                    "Header fields to send: a value or a list of values for each name"))
            .optional("body", ParamsSchema.text("Request body", ProbeTaskReader.LONGEST_BODY))
            .optional("follow_redirects", ParamsSchema.bool("Whether redirects are followed", true))
            .optional(
                "max_redirects",
                ParamsSchema.integer(
                    "Redirects followed at most",
                    0,
                    ProbeTaskReader.MOST_REDIRECTS,
                    ProbeTaskReader.DEFAULT_REDIRECTS))
            .optional("timeout_ms", timeout())
            .optional(
                "ip_family",
                ParamsSchema.oneOf("Addresses that may be used", "any", ProbeTaskReader.families()))
            .optional(
                "connect_to",
                ParamsSchema.text(
                    "Address or name, with or without a port, to connect to instead of the URL's"
                        + " host",
                    LONGEST_PLACE))
            .optional(
                "http_version",
                ParamsSchema.oneOf(
                    "auto takes what the target prefers over TLS and 1.1 in the clear; 2 in the"
                        + " clear is by prior knowledge",
                    "auto",
                    ProbeTaskReader.protocols()))
            .optional(
                "verify_tls",
                ParamsSchema.bool(
                    "Whether a certificate that does not verify ends the probe", true))
            .optional(
                "server_name",
                ParamsSchema.text("Name to ask for and verify instead of the URL's host", 253))
            .optional(
                "max_body_bytes",
                ParamsSchema.integer(
                    "Bytes of the body read, after decompression; a longer body is cut. Without"
                        + " it, a body longer than the default is an error",
                    0,
                    config.maxBody(),
                    config.defaultBody()))
            .optional("include_body", ParamsSchema.bool("Whether the result shows the body", true))
            .optional(
                "assertions",
                ParamsSchema.list(
                    "What the answer must look like for success",
                    AssertionReader.MOST,
                    assertion())),
        HttpProbeContract.PROBE);
  }

  private Map<String, Object> timeout() {
    return ParamsSchema.integer(
        "Milliseconds everything may take",
        1,
        config.maxTimeout().toMillis(),
        config.timeout().toMillis());
  }

  private static Map<String, Object> assertion() {
    return ParamsSchema.nested(
        "One assertion",
        ParamsSchema.object()
            .required(
                "source", ParamsSchema.oneOf("Where to look", "status", AssertionReader.sources()))
            .optional(
                "property",
                ParamsSchema.text(
                    "Header name, or place in the JSON document: /items/0/id or $.items[0].id",
                    AssertionReader.LONGEST_PROPERTY))
            .required(
                "comparison",
                ParamsSchema.oneOf("How to compare", "equals", AssertionReader.comparisons()))
            .optional(
                "target",
                Map.of(
                    "type",
                    List.of("string", "number", "boolean"),
                    "description",
                    "What to compare with; milliseconds for time, days for tls_expiry")));
  }

  private static TaskType type(
      String name,
      List<String> aliases,
      String description,
      ParamsSchema schema,
      Operation<TaskRequest, TaskReply> operation) {
    return new TaskType(
        name,
        aliases,
        description,
        schema.build(),
        operation.address(),
        operation.timeout().toMillis(),
        operation.repeatable());
  }
}
