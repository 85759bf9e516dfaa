package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.definition.RouteMatch.NamedMatcher;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads definitions of servers from JSON. What is wrong is noted in the object that is read, each
 * thing at its place; the definition is of use only if {@link RequestObject#end} finds nothing.
 */
public final class DefinitionReader {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern ORIGIN =
      Pattern.compile("[a-z][a-z0-9+.-]*://[A-Za-z0-9._~\\[\\]:-]{1,255}");

  private static final int MAX_LABEL = 100;
  private static final int MAX_NAMES = 50;
  private static final int MAX_RESPONSES = 100;
  private static final int MAX_TIMES = 1_000_000;
  private static final int MAX_URL = 2_048;
  private static final int MAX_PEM = 65_536;
  private static final long MAX_EXPIRY_S = 31_536_000;
  private static final int USUAL_PRIORITY = 5;
  private static final int FARTHEST_PRIORITY = 1_000_000;
  private static final int MAX_TIMEOUT_MS = 60_000;
  private static final int USUAL_TIMEOUT_MS = 10_000;

  private final DefinitionLimits limits;

  public DefinitionReader(DefinitionLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads the fields of a server beside its port and page.
   *
   * @param page what the server answers when no route matches; null for none
   */
  public ServerDefinition read(RequestObject server, @Nullable Page page) {
    String name = name(server);
    List<Route> routes = routes(server);
    ProxyTarget proxy = proxy(server, true);
    if (page == null && proxy == null && !server.has("routes") && !server.has("proxy")) {
      server.problem("routes", "is required without page_uri and proxy");
    }
    RequestObject journal = server.object("journal");
    return new ServerDefinition(
        name,
        page,
        routes,
        tls(server),
        server.bool("http2", true),
        cors(server),
        server.bool("lax", false),
        proxy,
        new JournalSettings(
            (int)
                journal.integer(
                    "entries", JournalSettings.USUAL.entries(), 0, JournalSettings.MAX_ENTRIES),
            (int)
                journal.integer(
                    "body_bytes",
                    JournalSettings.USUAL.bodyBytes(),
                    0,
                    JournalSettings.MAX_BODY_BYTES)),
        server.has("seed") ? server.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE) : null,
        server.has("expires_in_s") ? server.integer("expires_in_s", 1, 1, MAX_EXPIRY_S) : null);
  }

  private static @Nullable String name(RequestObject server) {
    String name = server.optionalLine("name", MAX_LABEL);
    if (name == null) {
      return null;
    }
    if (!NAME.matcher(name).matches()) {
      server.problem("name", "must be letters, digits, . _ and -, the first a letter or a digit");
    } else if (UUID.matcher(name).matches()) {
      server.problem("name", "must not have the form of a UUID, which would be an id");
    }
    return name;
  }

  /** Reads the field {@code routes}, empty when it is absent. */
  public List<Route> routes(RequestObject holder) {
    RequestObject items = holder.items("routes", limits.routes());
    List<Route> routes = new ArrayList<>(items.names().size());
    Set<String> labels = new HashSet<>();
    ResponseReader responses = new ResponseReader(limits);
    MatcherReader matchers = new MatcherReader(limits.text());
    for (String item : items.names()) {
      RequestObject route = items.object(item);
      Route read = route(route, routes.size(), items.any(item), matchers, responses);
      if (!labels.add(read.label())) {
        route.problem("name", "must not be that of another route");
      }
      routes.add(read);
    }
    if (responses.bytes() > limits.bodyBytes()) {
      holder.problem(
          "routes", "must not have bodies of more than " + limits.bodyBytes() + " bytes in all");
    }
    return routes;
  }

  private Route route(
      RequestObject route,
      int number,
      @Nullable Object source,
      MatcherReader matchers,
      ResponseReader responses) {
    String name = route.optionalLine("name", MAX_LABEL);
    return new Route(
        number,
        name == null || name.isEmpty() ? Integer.toString(number) : name,
        match(route.object("match"), matchers),
        responses(route, responses),
        route.bool("cycle", false),
        scenario(route),
        (int) route.integer("priority", USUAL_PRIORITY, -FARTHEST_PRIORITY, FARTHEST_PRIORITY),
        source);
  }

  private static List<RouteResponse> responses(RequestObject route, ResponseReader reader) {
    boolean one = route.has("response");
    boolean many = route.has("responses");
    if (one == many) {
      route.problem(
          one ? "responses" : "response",
          one ? "must not be there beside response" : "is required, or responses");
    }
    List<RouteResponse> read = new ArrayList<>();
    if (many) {
      List<RequestObject> objects = route.requiredObjects("responses", MAX_RESPONSES);
      for (RequestObject response : objects) {
        read.add(reader.read(response, (int) response.integer("times", 1, 1, MAX_TIMES)));
      }
    }
    if (one || read.isEmpty()) {
      read.add(reader.read(route.object("response"), 1));
    }
    return read;
  }

  private static @Nullable Scenario scenario(RequestObject route) {
    if (!route.has("scenario")) {
      return null;
    }
    RequestObject scenario = route.object("scenario");
    return new Scenario(
        scenario.line("name", MAX_LABEL),
        scenario.optionalLine("state", MAX_LABEL),
        scenario.optionalLine("new_state", MAX_LABEL));
  }

  private static RouteMatch match(RequestObject match, MatcherReader reader) {
    return new RouteMatch(
        methods(match),
        path(match, reader),
        named(match, "headers", true, reader),
        named(match, "query", false, reader),
        named(match, "cookies", false, reader),
        reader.body(match));
  }

  private static Set<String> methods(RequestObject match) {
    Object value = match.any("method");
    if (value == null) {
      return Set.of();
    }
    Collection<?> names = value instanceof List<?> list ? list : List.of(value);
    Set<String> methods = new LinkedHashSet<>();
    for (Object name : names) {
      if (!(name instanceof String method) || !HeaderText.isToken(method)) {
        match.problem("method", "must be a method such as GET, or an array of methods");
        return Set.of();
      }
      methods.add(method);
    }
    if (methods.isEmpty() || methods.size() > MAX_NAMES) {
      match.problem("method", "must have 1 to " + MAX_NAMES + " methods");
    }
    return methods;
  }

  private static PathMatch path(RequestObject match, MatcherReader reader) {
    List<String> given =
        List.of("path", "path_prefix", "path_pattern", "path_regex").stream()
            .filter(match::has)
            .toList();
    if (given.isEmpty()) {
      return new PathMatch.Any();
    }
    String field = given.getFirst();
    if (given.size() > 1) {
      match.problem(given.get(1), "must not be there beside " + field);
    }
    String text = match.text(field, Page.LONGEST_URI);
    if (text.isEmpty()) {
      return new PathMatch.Any();
    }
    try {
      return switch (field) {
        case "path_pattern" -> PathMatch.Template.parse(text);
        case "path_regex" -> PathMatch.Regex.parse(text, reader.budget());
        default -> {
          String problem = Page.problem(text);
          if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
          }
          String normal = PagePath.normal(text);
          yield field.equals("path") ? new PathMatch.Exact(normal) : new PathMatch.Prefix(normal);
        }
      };
    } catch (IllegalArgumentException e) {
      match.problem(field, String.valueOf(e.getMessage()));
      return new PathMatch.Any();
    }
  }

  private static List<NamedMatcher> named(
      RequestObject match, String field, boolean header, MatcherReader reader) {
    RequestObject matchers = match.object(field);
    if (matchers.names().size() > MAX_NAMES) {
      match.problem(field, "must have at most " + MAX_NAMES + " names");
    }
    List<NamedMatcher> read = new ArrayList<>();
    for (String name : matchers.names()) {
      if (header && !HeaderText.isToken(name)) {
        matchers.problem(name, "must be the name of a header");
      }
      read.add(
          new NamedMatcher(
              header ? name.toLowerCase(Locale.ROOT) : name, reader.read(matchers, name)));
    }
    return read;
  }

  private static @Nullable TlsSettings tls(RequestObject server) {
    Object value = server.any("tls");
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    if (Boolean.TRUE.equals(value)) {
      return TlsSettings.SELF_MADE;
    }
    if (!(value instanceof Map<?, ?>)) {
      server.problem("tls", "must be true, or an object with certificate_pem and private_key_pem");
      return null;
    }
    RequestObject tls = server.object("tls");
    String certificate = tls.text("certificate_pem", MAX_PEM);
    String key = tls.text("private_key_pem", MAX_PEM);
    if (certificate.isEmpty() || key.isEmpty()) {
      return null;
    }
    List<? extends Certificate> chain = chain(certificate);
    if (chain.isEmpty()) {
      tls.problem("certificate_pem", "must be certificates in PEM form");
      return null;
    }
    PrivateKey read = key(key);
    if (read == null) {
      tls.problem(
          "private_key_pem", "must be a key in PEM form, PKCS #8: BEGIN PRIVATE KEY, of RSA or EC");
      return null;
    }
    if (!belongs(read, chain.getFirst().getPublicKey())) {
      tls.problem("private_key_pem", "must be the key of the first certificate");
      return null;
    }
    return new TlsSettings(
        new PemKeyCertOptions()
            .addCertValue(Buffer.buffer(certificate))
            .addKeyValue(Buffer.buffer(key)));
  }

  private static List<? extends Certificate> chain(String pem) {
    try {
      return List.copyOf(
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII))));
    } catch (GeneralSecurityException e) {
      return List.of();
    }
  }

  private static @Nullable PrivateKey key(String pem) {
    int begin = pem.indexOf("-----BEGIN PRIVATE KEY-----");
    int end = pem.indexOf("-----END PRIVATE KEY-----");
    if (begin < 0 || end < begin) {
      return null;
    }
    byte[] encoded;
    try {
      encoded =
          Base64.getMimeDecoder()
              .decode(pem.substring(begin + "-----BEGIN PRIVATE KEY-----".length(), end));
    } catch (IllegalArgumentException e) {
      return null;
    }
    for (String algorithm : new String[] {"EC", "RSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (GeneralSecurityException e) {
        // A key of another algorithm.
      }
    }
    return null;
  }

  /** Whether the public key confirms what the private one signs. */
  private static boolean belongs(PrivateKey key, PublicKey certified) {
    try {
      Signature signature =
          Signature.getInstance(
              key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA");
      byte[] message = {1};
      signature.initSign(key);
      signature.update(message);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(message);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static @Nullable Cors cors(RequestObject server) {
    Object value = server.any("cors");
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    if (Boolean.TRUE.equals(value)) {
      return Cors.ALL;
    }
    if (!(value instanceof Map<?, ?>)) {
      server.problem("cors", "must be true or an object");
      return null;
    }
    RequestObject cors = server.object("cors");
    List<String> origins = cors.lines("origins", MAX_NAMES, MAX_URL);
    if (origins.isEmpty()) {
      cors.problem("origins", "must have an origin, or *");
    }
    for (String origin : origins) {
      if (!origin.equals("*") && !origin.equals("null") && !ORIGIN.matcher(origin).matches()) {
        cors.problem("origins", "must hold origins such as https://example.org, or *");
      }
    }
    return new Cors(
        Set.copyOf(origins),
        tokens(cors, "methods"),
        tokens(cors, "headers"),
        tokens(cors, "expose_headers"),
        cors.bool("credentials", false),
        cors.integer("max_age_s", -1, 0, MAX_EXPIRY_S));
  }

  private static List<String> tokens(RequestObject holder, String field) {
    List<String> names = holder.lines(field, MAX_NAMES, MAX_LABEL);
    if (!names.stream().allMatch(HeaderText::isToken)) {
      holder.problem(field, "must hold names without blanks and separators");
    }
    return names;
  }

  /**
   * Reads the field {@code proxy}; null when it is absent or wrong.
   *
   * @param mayRecord whether it takes the field {@code record}
   */
  static @Nullable ProxyTarget proxy(RequestObject holder, boolean mayRecord) {
    if (!holder.has("proxy")) {
      return null;
    }
    RequestObject proxy = holder.object("proxy");
    String url = proxy.line("url", MAX_URL);
    boolean record = mayRecord && proxy.bool("record", false);
    long timeoutMs = proxy.integer("timeout_ms", USUAL_TIMEOUT_MS, 1, MAX_TIMEOUT_MS);
    boolean preserveHost = proxy.bool("preserve_host", false);
    if (url.isEmpty()) {
      return null;
    }
    URI uri;
    try {
      uri = new URI(url).parseServerAuthority();
    } catch (URISyntaxException e) {
      proxy.problem("url", "must be a URL such as http://example.org:8080/prefix");
      return null;
    }
    String scheme = Objects.requireNonNullElse(uri.getScheme(), "").toLowerCase(Locale.ROOT);
    boolean tls = scheme.equals("https");
    String host = uri.getHost();
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    if ((!tls && !scheme.equals("http"))
        || host == null
        || port < 1
        || port > 65_535
        || uri.getUserInfo() != null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      proxy.problem("url", "must be http or https with a host, without user, query and fragment");
      return null;
    }
    String path = Objects.requireNonNullElse(uri.getRawPath(), "");
    return new ProxyTarget(
        tls,
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        port,
        path.endsWith("/") ? path.substring(0, path.length() - 1) : path,
        record,
        Duration.ofMillis(timeoutMs),
        preserveHost);
  }
}
