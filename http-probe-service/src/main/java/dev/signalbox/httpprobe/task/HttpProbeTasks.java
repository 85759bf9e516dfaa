package dev.signalbox.httpprobe.task;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.httpprobe.HttpProbeConfig;
import dev.signalbox.httpprobe.assertion.AssertionReader;
import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.httpprobe.tls.PrivateAuthorities;
import dev.signalbox.platform.task.ParamsSchema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How the tasks of this service are described to clients, well enough to make a form from. */
public final class HttpProbeTasks {

  private static final int LONGEST_PLACE = 300;
  private final HttpProbeConfig config;

  public HttpProbeTasks(HttpProbeConfig config) {
    this.config = config;
  }

  /** Task {@code http_get_request}. */
  public TaskType get() {
    return type(
        "http_get_request",
        List.of("http_get"),
        "Fetches a page over HTTP or HTTPS",
        ParamsSchema.object()
            .required(
                "domain_or_ip",
                field(
                    "Host",
                    ParamsSchema.text("Host name or IP address", 260),
                    "minLength",
                    1,
                    "examples",
                    List.of("example.com", "192.0.2.1", "2001:db8::1")))
            .optional("port", field("Port", ParamsSchema.integer("TCP port", 1, 65_535, 443)))
            .optional(
                "uri",
                field(
                    "Path",
                    ParamsSchema.text("Path and query", 4_096, ""),
                    "examples",
                    List.of("/index.html", "/search?q=signal")))
            .optional(
                "scheme",
                field(
                    "Scheme",
                    ParamsSchema.oneOf(
                        "auto takes http for ports that begin with 80 and for targets that do not"
                            + " speak TLS, https otherwise",
                        GetTaskReader.SCHEME_UNSAID,
                        List.of("auto", "http", "https"))))
            .optional("timeout_ms", timeout()),
        List.of(
            Map.of("domain_or_ip", "example.com"), Map.of("domain_or_ip", "x.test", "port", 80)),
        HttpProbeContract.GET);
  }

  /** Task {@code http_probe}. */
  public TaskType probe() {
    ParamsSchema schema =
        ParamsSchema.object()
            .required(
                "url",
                field(
                    "URL",
                    ParamsSchema.text("http or https URL", ProbeTaskReader.LONGEST_URL),
                    "format",
                    "iri",
                    "minLength",
                    1,
                    "examples",
                    List.of("https://example.com/", "http://[2001:db8::1]:8080/health?full=1")))
            .optional(
                "method",
                field(
                    "Method", ParamsSchema.oneOf("Request method", "GET", ProbeTaskReader.METHODS)))
            .optional("headers", headers())
            .optional(
                "body",
                field(
                    "Request body",
                    ParamsSchema.text("Sent as UTF-8", ProbeTaskReader.LONGEST_BODY),
                    "examples",
                    List.of("{\"ping\":true}")))
            .optional(
                "follow_redirects",
                field(
                    "Follow redirects", ParamsSchema.bool("Whether redirects are followed", true)))
            .optional(
                "max_redirects",
                field(
                    "Most redirects",
                    ParamsSchema.integer(
                        "Redirects followed at most",
                        0,
                        ProbeTaskReader.MOST_REDIRECTS,
                        ProbeTaskReader.DEFAULT_REDIRECTS)))
            .optional("timeout_ms", timeout());
    connection(schema);
    return type(
        "http_probe",
        List.of(),
        "Sends an HTTP request and reports the answer, the time of every phase, the certificate"
            + " and whether assertions hold",
        answer(schema),
        List.of(
            Map.of("url", "https://example.com/"),
            Map.of(
                "url",
                "https://example.com/api",
                "method",
                "HEAD",
                "connect_to",
                "192.0.2.1",
                "assertions",
                List.of(
                    Map.of("source", "status", "comparison", "less_than", "target", 400),
                    Map.of("source", "tls_expiry", "comparison", "greater_than", "target", 14)))),
        HttpProbeContract.PROBE);
  }

  private static void connection(ParamsSchema schema) {
    schema
        .optional(
            "ip_family",
            field(
                "IP family",
                ParamsSchema.oneOf(
                    "Addresses that may be used", "any", ProbeTaskReader.families())))
        .optional(
            "connect_to",
            field(
                "Connect to",
                ParamsSchema.text(
                    "Address or name, with or without a port, to connect to instead of the URL's"
                        + " host",
                    LONGEST_PLACE),
                "examples",
                List.of("192.0.2.1", "192.0.2.1:8443", "[2001:db8::1]:8443", "backend-1.example")))
        .optional(
            "http_version",
            field(
                "HTTP version",
                ParamsSchema.oneOf(
                    "auto takes what the target prefers over TLS and 1.1 in the clear; 2 in the"
                        + " clear is by prior knowledge",
                    "auto",
                    ProbeTaskReader.protocols())))
        .optional(
            "verify_tls",
            field(
                "Verify certificate",
                ParamsSchema.bool(
                    "Whether a certificate that does not verify ends the probe", true)))
        .optional(
            "server_name",
            field(
                "Server name",
                ParamsSchema.text("Name to ask for and verify instead of the URL's host", 253),
                "examples",
                List.of("www.example.com")))
        .optional(
            "ca_pem",
            field(
                "Authorities",
                ParamsSchema.text(
                    "Certificates in PEM that the target's is verified by instead of those the"
                        + " machine trusts; for the URL's host alone",
                    PrivateAuthorities.LONGEST_PEM)))
        .optional(
            "client_certificate",
            field(
                "Client certificate",
                ParamsSchema.text(
                    "Name of a certificate the operator configured, shown to the URL's own server"
                        + " if that asks for one",
                    ClientCertificates.LONGEST_NAME)))
        .optional(
            "reuse_connection",
            field(
                "Reuse connection",
                ParamsSchema.bool(
                    "Whether a connection kept from an earlier task with the same settings may be"
                        + " used, and this one kept",
                    false)));
  }

  private ParamsSchema answer(ParamsSchema schema) {
    return schema
        .optional(
            "max_body_bytes",
            field(
                "Most body bytes",
                ParamsSchema.integer(
                    "Bytes of the body read, after decompression; a longer body is cut. Without"
                        + " it, a body longer than the default is an error",
                    0,
                    config.maxBody(),
                    config.defaultBody())))
        .optional(
            "include_body",
            field("Show body", ParamsSchema.bool("Whether the result shows the body", true)))
        .optional(
            "assertions",
            field(
                "Assertions",
                ParamsSchema.list(
                    "What the answer must look like for success", AssertionReader.MOST, one())));
  }

  private Map<String, Object> timeout() {
    return field(
        "Time limit",
        ParamsSchema.integer(
            "Milliseconds everything may take",
            1,
            config.maxTimeout().toMillis(),
            config.timeout().toMillis()));
  }

  private static Map<String, Object> headers() {
    Map<String, Object> value = Map.of("type", List.of("string", "number", "boolean"));
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", "object");
    schema.put("description", "Header fields to send: a value or a list of values for each name");
    schema.put("maxProperties", HeaderReader.MOST_HEADERS);
    schema.put("propertyNames", Map.of("pattern", "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"));
    schema.put(
        "additionalProperties",
        Map.of("anyOf", List.of(value, Map.of("type", "array", "items", value))));
    return field(
        "Headers",
        schema,
        "examples",
        List.of(Map.of("Accept", "application/json", "X-Trace", List.of("a", "b"))));
  }

  private static Map<String, Object> one() {
    return field(
        "Assertion",
        ParamsSchema.nested(
            "One assertion",
            ParamsSchema.object()
                .required(
                    "source",
                    field(
                        "Source",
                        ParamsSchema.oneOf("Where to look", "status", AssertionReader.sources())))
                .optional(
                    "property",
                    field(
                        "Property",
                        ParamsSchema.text(
                            "Header name, or place in the JSON document: a JSON Pointer, or a path of"
                                + " names, indexes and [*]",
                            AssertionReader.LONGEST_PROPERTY),
                        "examples",
                        List.of(
                            "content-type", "/items/0/id", "$.items[0].id", "$.items[*]['a b']")))
                .required(
                    "comparison",
                    field(
                        "Comparison",
                        ParamsSchema.oneOf(
                            "How to compare", "equals", AssertionReader.comparisons())))
                .optional(
                    "target",
                    field(
                        "Target",
                        new LinkedHashMap<>(
                            Map.of(
                                "type",
                                List.of("string", "number", "boolean"),
                                "description",
                                "What to compare with; milliseconds for time, days for"
                                    + " tls_expiry; not needed for is_empty, not_empty, exists and not_exists")),
                        "examples",
                        List.of(200, "application/json", true)))));
  }

  /** A parameter's schema with a title, and with further keywords. */
  private static Map<String, Object> field(
      String title, Map<String, Object> schema, Object... more) {
    Map<String, Object> field = new LinkedHashMap<>();
    field.put("title", title);
    field.putAll(schema);
    for (int i = 0; i < more.length; i += 2) {
      field.put((String) more[i], more[i + 1]);
    }
    return field;
  }

  private static TaskType type(
      String name,
      List<String> aliases,
      String description,
      ParamsSchema params,
      List<Object> examples,
      Operation<TaskRequest, TaskReply> operation) {
    Map<String, Object> schema = params.build();
    schema.put("examples", examples);
    return new TaskType(
        name,
        aliases,
        description,
        schema,
        operation.address(),
        operation.timeout().toMillis(),
        operation.repeatable());
  }
}
