package dev.signalbox.cli.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.RestClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * What came of asking a system for its findings.
 *
 * @param kind who answered
 * @param findings its diagnostics; null when they could not be had
 * @param failure why not; null when they could, or nobody was asked
 * @param reason the same as text; empty with findings
 */
record SystemAnswer(
    Kind kind, @Nullable JsonNode findings, @Nullable CommandException failure, String reason) {

  private static final String PATH = "/api/v1/diagnostics";
  private static final String PROBLEM = "urn:signalbox:problem:";
  private static final Set<String> STATES = Set.of("ok", "warning", "error");

  /** Who answered. */
  enum Kind {
    /** Signalbox, with its findings. */
    FINDINGS,
    /** Signalbox, with an error. */
    REFUSED,
    /** Nobody: the connection was refused. */
    NOBODY,
    /** Something that accepts connections, or cannot be reached, and does not answer. */
    SILENT,
    /** Something that is not Signalbox. */
    FOREIGN,
    /** Nobody was asked. */
    UNASKED;

    /** Whether a Signalbox runs there. */
    boolean running() {
      return this == FINDINGS || this == REFUSED;
    }
  }

  /** Nobody was asked. */
  static SystemAnswer unasked(String reason) {
    return new SystemAnswer(Kind.UNASKED, null, null, reason);
  }

  /** Asks, and waits for the answer as long as the client does. */
  static SystemAnswer ask(RestClient client) {
    try (RestClient.Response response = client.open("GET", PATH, Map.of(), null)) {
      return of(client, response);
    } catch (ConnectException e) {
      return failed(Kind.NOBODY, client.failure(e));
    } catch (SocketException | SocketTimeoutException | UnknownHostException | SSLException e) {
      return failed(Kind.SILENT, client.failure(e));
    } catch (IOException e) {
      return failed(Kind.FOREIGN, client.failure(e));
    }
  }

  private static SystemAnswer of(RestClient client, RestClient.Response response)
      throws IOException {
    JsonNode body = ClientJson.mapper().missingNode();
    try {
      body = response.json();
    } catch (JsonProcessingException e) {
      if (response.succeeded()) {
        return failed(Kind.FOREIGN, client.notSignalbox("its response is not JSON"));
      }
    }
    if (!response.succeeded()) {
      boolean own = body.path("type").asText().startsWith(PROBLEM);
      return failed(own ? Kind.REFUSED : Kind.FOREIGN, client.refusal(response, body));
    }
    if (STATES.contains(body.path("status").asText()) && body.path("processes").isArray()) {
      return new SystemAnswer(Kind.FINDINGS, body, null, "");
    }
    return failed(Kind.FOREIGN, client.notSignalbox("its response has no status and no processes"));
  }

  private static SystemAnswer failed(Kind kind, CommandException failure) {
    // Of several lines, for people; here it is part of one.
    String reason = String.valueOf(failure.getMessage()).replaceAll("\\.?\\s*\\n\\s*", ". ");
    return new SystemAnswer(kind, null, failure, reason);
  }

  /**
   * What that means for the place.
   *
   * @param where it was asked, such as {@code at http://127.0.0.1:8080}
   */
  PlaceCheck check(String where) {
    String name = "system";
    return switch (kind) {
      case FINDINGS -> PlaceCheck.ok(name, "asked " + where);
      case NOBODY -> PlaceCheck.ok(name, "none runs " + where);
      case UNASKED -> PlaceCheck.ok(name, "not asked: " + reason);
      case REFUSED ->
          PlaceCheck.warning(
              name,
              "not asked: " + reason,
              "Ask again with a token of the role admin (--token-file), or look at its log.");
      case SILENT ->
          PlaceCheck.warning(
              name,
              "not asked: " + reason,
              "Look at the log of what listens there; it may be paused or overloaded.");
      case FOREIGN ->
          PlaceCheck.error(
              name,
              "what answers " + where + " is not Signalbox (" + reason + ")",
              "Free that port, or set gateway.port or SIGNALBOX_SERVER to another.");
    };
  }
}
