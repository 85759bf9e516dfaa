package dev.signalbox.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.command.ClientTls;
import dev.signalbox.cli.command.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to a running system, one at a time, and waits. By {@link HttpURLConnection}: of
 * the clients there are, it starts fastest, and a command is little more than its start.
 */
public final class RestClient {

  private static final int CONNECT_TIMEOUT_MS = 10_000;
  private static final int LARGEST_JSON = 64 * 1024 * 1024;

  /** What the JDK makes of a connection that the system has closed. */
  private static final String WRITE_FAILED = "Error writing to server";

  private static final int BAD_REQUEST = 400;
  private static final int UNAUTHENTICATED = 401;
  private static final int FORBIDDEN = 403;
  private static final int SERVER_ERRORS = 500;

  private final URI server;
  private final @Nullable Token token;
  private final @Nullable SSLSocketFactory sockets;
  private final boolean showsCertificate;
  private final int timeoutMs;

  static {
    // It would send a request a second time when the connection breaks, a POST too.
    System.setProperty("sun.net.http.retryPost", "false");
    System.setProperty("http.agent", "signalbox");
  }

  /**
   * A token for the system.
   *
   * @param source the option or variable that it came from, for errors
   */
  public record Token(String text, String source) {

    /** Without the token, which is a secret. */
    @Override
    public String toString() {
      return source;
    }
  }

  /**
   * A client of one system.
   *
   * @param token sent with each request; null for none
   * @param tls how the system is known over HTTPS
   * @param timeoutMs longest silence
   */
  public RestClient(URI server, @Nullable Token token, ClientTls tls, int timeoutMs) {
    this.server = server;
    this.token = token;
    this.sockets = tls.sockets();
    this.showsCertificate = tls.keys() != null;
    this.timeoutMs = timeoutMs;
  }

  /** Base URL of the system. */
  public URI server() {
    return server;
  }

  /** What a request sends. */
  public interface Body {
    /** Bytes. */
    long length();

    /** Writes them. */
    void writeTo(OutputStream out) throws IOException;

    /** Bytes at hand. */
    static Body of(byte[] bytes) {
      return new Body() {
        @Override
        public long length() {
          return bytes.length;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
          out.write(bytes);
        }
      };
    }
  }

  /** A response, whose body is read as it comes. */
  public static final class Response implements AutoCloseable {

    private final HttpURLConnection connection;
    private final int status;

    private Response(HttpURLConnection connection) throws IOException {
      this.connection = connection;
      this.status = connection.getResponseCode();
      if (status < 0) {
        throw new IOException("the response is not HTTP");
      }
    }

    /** The status code. */
    public int status() {
      return status;
    }

    /** Whether the system did what was asked. */
    public boolean succeeded() {
      return status / 100 == 2;
    }

    /** A header field; null when it is absent. */
    public @Nullable String header(String name) {
      return connection.getHeaderField(name);
    }

    /**
     * The body as JSON; a missing node when there is none.
     *
     * @throws JsonProcessingException when it is something else
     */
    public JsonNode json() throws IOException {
      byte[] bytes = bytes();
      return bytes.length == 0
          ? ClientJson.mapper().missingNode()
          : ClientJson.mapper().readTree(bytes);
    }

    /** The body. */
    public InputStream body() throws IOException {
      InputStream error = status >= BAD_REQUEST ? connection.getErrorStream() : null;
      return error != null
          ? error
          : status >= BAD_REQUEST ? InputStream.nullInputStream() : connection.getInputStream();
    }

    private byte[] bytes() throws IOException {
      try (InputStream body = body()) {
        byte[] bytes = body.readNBytes(LARGEST_JSON + 1);
        if (bytes.length > LARGEST_JSON) {
          throw new IOException("the response is larger than 64 MiB");
        }
        return bytes;
      }
    }

    @Override
    public void close() {
      connection.disconnect();
    }
  }

  /** {@code GET} of a JSON document. */
  public JsonNode get(String path) {
    return json("GET", path, null);
  }

  /**
   * Sends a request and reads the JSON of its response; a missing node when it has none.
   *
   * @param body sent as JSON; null for none
   * @throws CommandException when the system cannot be reached or refuses
   */
  public JsonNode json(String method, String path, @Nullable JsonNode body) {
    Body sent = body == null ? null : Body.of(body.toString().getBytes(StandardCharsets.UTF_8));
    Map<String, String> headers =
        body == null ? Map.of() : Map.of("Content-Type", "application/json");
    ClientJson.prepare();
    try (Response response = send(method, path, headers, sent)) {
      return response.json();
    } catch (JsonProcessingException e) {
      throw notSignalbox("its response is not JSON");
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /** Something else has the place of the system. */
  public CommandException notSignalbox(String why) {
    return new CommandException(
        CommandException.UNAVAILABLE,
        "PROTOCOL",
        "What answers at " + server + " is not Signalbox: " + why);
  }

  /**
   * Sends a request.
   *
   * @throws CommandException when the system cannot be reached, or answers with another status than
   *     2xx
   */
  public Response send(
      String method, String path, Map<String, String> headers, @Nullable Body body) {
    Response response = exchange(method, path, headers, body);
    if (response.succeeded()) {
      return response;
    }
    try (response) {
      throw refusal(response);
    }
  }

  /**
   * Sends a request; any status is a response.
   *
   * @throws CommandException when the system cannot be reached
   */
  public Response exchange(
      String method, String path, Map<String, String> headers, @Nullable Body body) {
    try {
      return open(method, path, headers, body);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  /**
   * Sends a request; any status is a response.
   *
   * @throws IOException when there is none, for {@link #failure}
   */
  public Response open(String method, String path, Map<String, String> headers, @Nullable Body body)
      throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(server + path).toURL().openConnection(Proxy.NO_PROXY);
    if (sockets != null && connection instanceof HttpsURLConnection secure) {
      secure.setSSLSocketFactory(sockets);
    }
    connection.setConnectTimeout(Math.min(CONNECT_TIMEOUT_MS, timeoutMs));
    connection.setReadTimeout(timeoutMs);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    // The JDK keeps a connection whose response had no body, whatever is done to close it. A
    // request on one that the system has closed meanwhile fails, and is not sent again.
    connection.setRequestProperty("Connection", "close");
    connection.setRequestProperty("Accept", "application/json, */*;q=0.5");
    headers.forEach(connection::setRequestProperty);
    if (method.equals("PATCH")) {
      connection.setRequestMethod("POST");
      connection.setRequestProperty("X-HTTP-Method-Override", "PATCH");
    } else {
      connection.setRequestMethod(method);
    }
    if (token != null) {
      connection.setRequestProperty("Authorization", "Bearer " + token.text());
    }
    if (body != null) {
      connection.setDoOutput(true);
      connection.setFixedLengthStreamingMode(body.length());
    }
    connection.connect();
    try {
      return response(connection, body);
    } catch (IOException e) {
      throw withoutResponse(e);
    }
  }

  private static Response response(HttpURLConnection connection, @Nullable Body body)
      throws IOException {
    if (body != null) {
      try (OutputStream out = connection.getOutputStream()) {
        body.writeTo(out);
      } catch (IOException e) {
        // The response, if there is one, says more than the broken connection.
        if (connection.getResponseCode() < BAD_REQUEST) {
          throw e;
        }
      }
    }
    return new Response(connection);
  }

  /**
   * There was a connection, and it ended before a response. In TLS 1.3 a client without a
   * certificate is refused after its handshake, and the JDK says only that the connection is gone.
   */
  private IOException withoutResponse(IOException e) {
    boolean ended =
        (e instanceof SocketException && !(e instanceof ConnectException))
            || WRITE_FAILED.equals(e.getMessage());
    if (!ended || showsCertificate || !"https".equals(server.getScheme())) {
      return e;
    }
    var explained =
        new SocketException(
            reason(e) + ". Where the system asks for a certificate, give one with --certificate");
    explained.initCause(e);
    return explained;
  }

  /** Why the system cannot be used, in words for its user. */
  public CommandException failure(IOException e) {
    String reason = reason(e);
    if (e instanceof SocketTimeoutException) {
      return new CommandException(
          CommandException.TIMEOUT,
          "TIMEOUT",
          server + " did not answer within " + timeoutMs / 1_000 + " s");
    }
    boolean nobody =
        e instanceof ConnectException
            || e instanceof NoRouteToHostException
            || e instanceof UnknownHostException;
    return new CommandException(
        CommandException.UNAVAILABLE,
        "UNAVAILABLE",
        nobody
            ? "Nothing answers at "
                + server
                + " ("
                + Printable.of(reason)
                + "). Start a system with 'signalbox up', or name a running one with --server URL or"
                + " SIGNALBOX_SERVER."
            : "The request to " + server + " failed: " + Printable.of(reason));
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** Why the system did not do what was asked: its status is not 2xx. */
  public CommandException refusal(Response response) {
    JsonNode problem = ClientJson.mapper().missingNode();
    if (response.status() >= BAD_REQUEST) {
      try {
        problem = response.json();
      } catch (IOException e) {
        // Only the status is known.
      }
    }
    return refusal(response, problem);
  }

  /** As {@link #refusal(Response)}, when the body has been read. */
  public CommandException refusal(Response response, JsonNode problem) {
    int status = response.status();
    if (status < BAD_REQUEST) {
      String to = response.header("Location");
      return new CommandException(
          CommandException.UNAVAILABLE,
          "PROTOCOL",
          "%s answered %d%s. Redirects are not followed; --server must name the system itself."
              .formatted(server, status, to == null ? "" : ", to " + Printable.of(to)));
    }
    StringBuilder text = new StringBuilder();
    String detail = problem.path("detail").asText(problem.path("message").asText(""));
    text.append(server).append(" answered ").append(status);
    text.append(detail.isEmpty() ? "" : ": " + Printable.of(detail));
    for (JsonNode error : problem.path("errors")) {
      text.append("\n  ").append(Printable.of(error.path("pointer"))).append(' ');
      text.append(Printable.of(error.path("message")));
    }
    if (status == UNAUTHENTICATED) {
      text.append(unauthenticated(response));
    } else if (status == FORBIDDEN && token != null && detail.isEmpty()) {
      text.append("\nThe role of the token of ").append(token.source());
      text.append(" does not allow this.");
    }
    return new CommandException(
        status >= SERVER_ERRORS ? CommandException.UNAVAILABLE : CommandException.REFUSED,
        problem.path("code").asText("HTTP_" + status),
        text.toString());
  }

  private String unauthenticated(Response response) {
    String challenge = response.header("WWW-Authenticate");
    // RFC 6750 section 3.1: the system knows who it is, and the detail says what is wrong.
    boolean known = challenge != null && challenge.contains("invalid_token");
    String options = "a token with --token, --token-file or SIGNALBOX_TOKEN.";
    if (token != null) {
      return "\nThe token is that of "
          + token.source()
          + (known ? "." : ", and not one of that system's.")
          + (showsCertificate ? " Beside a token a certificate counts for nothing." : "");
    }
    if (!showsCertificate) {
      return "\nGive " + options;
    }
    return known
        ? ""
        : "\nNo line of that system's tokens has the certificate-sha256 of that of --certificate."
            + " Add one, or give "
            + options;
  }
}
