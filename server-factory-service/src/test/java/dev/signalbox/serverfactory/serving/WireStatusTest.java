package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Responses of every status, and with every header, are right on the wire of each version. */
@ExtendWith(VertxExtension.class)
@Timeout(120)
class WireStatusTest {

  private static final Set<Integer> WITHOUT_CONTENT = Set.of(204, 205, 304);

  private static String every(String body) {
    return "{'tls':true,'routes':["
        + IntStream.rangeClosed(200, 599)
            .mapToObj(status ->
                "{'match':{'path':'/%d'},'response':{'status':%d,'body':'%s'}}"
                    .formatted(status, status, body))
            .collect(Collectors.joining(","))
        + "]}";
  }

  private static HttpClient client(Version version) throws Exception {
    return HttpClient.newBuilder().version(version).sslContext(Certificates.trusting()).build();
  }

  private static HttpResponse<String> send(
      HttpClient client, TestServer server, String method, String target) {
    return TestServer.send(
        client,
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + target))
            .method(method, HttpRequest.BodyPublishers.noBody()));
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP_1_1, GET, abc", "HTTP_1_1, GET, ''", "HTTP_1_1, HEAD, abc", "HTTP_1_1, HEAD, ''",
    "HTTP_2, GET, abc", "HTTP_2, GET, ''", "HTTP_2, HEAD, abc", "HTTP_2, HEAD, ''"
  })
  void givenEveryStatus_whenItIsAnswered_thenTheClientTakesTheResponse(
      Version version, String method, String body, Vertx vertx) throws Exception {
    try (TestServer server = TestServer.of(vertx, every(body));
        HttpClient client = client(version)) {
      List<String> wrong = new ArrayList<>();
      for (int status = 200; status <= 599; status++) {
        HttpResponse<String> response = send(client, server, method, "/" + status);
        boolean content = !method.equals("HEAD") && !WITHOUT_CONTENT.contains(status);
        if (response.statusCode() != status
            || response.version() != version
            || !response.body().equals(content ? body : "")) {
          wrong.add(response + " with " + response.body());
        }
      }

      assertThat(wrong).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Version.class)
  void givenHeadersOfAConnection_whenAResponseHasThem_thenTheClientTakesIt(
      Version version, Vertx vertx) throws Exception {
    String headers =
        "'headers':{'connection':['x-a','keep-alive'],'proxy-connection':'close','te':'gzip',"
            + "'x-a':'b'}";
    String json =
        "{'tls':true,'routes':["
            + "{'match':{'path':'/final'},'response':{'body':'abc',"
            + headers
            + "}},{'match':{'path':'/hints'},'response':{'status':103,'body':'abc',"
            + headers
            + "}},{'match':{'path':'/long'},'response':{'delay':{'dribble':{'chunks':2,"
            + "'over_ms':2}},'body':'abc',"
            + headers
            + "}}]}";
    try (TestServer server = TestServer.of(vertx, json);
        HttpClient client = client(version)) {
      for (String target : List.of("/final", "/hints", "/long")) {
        HttpResponse<String> response = send(client, server, "GET", target);

        assertThat(response.body()).as(target).isEqualTo("abc");
        assertThat(response.version()).isEqualTo(version);
        // What Connection names is of a connection of HTTP/1 (RFC 9113 section 8.2.2).
        assertThat(response.headers().firstValue("x-a"))
            .isEqualTo(version == Version.HTTP_2 ? Optional.empty() : Optional.of("b"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 205, 304})
  void givenAStatusWithoutContent_whenItHasABody_thenTheNextResponseFollowsIt(
      int status, Vertx vertx) throws Exception {
    String json =
        "{'routes':[{'match':{'path':'/a'},'response':{'status':@,'body':'abc'}},"
            + "{'match':{'path':'/b'},'response':{'body':'next'}}]}";
    try (TestServer server = TestServer.of(vertx, json.replace("@", Integer.toString(status)))) {
      String all =
          server.raw(
              "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
                  + "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

      assertThat(all)
          .startsWith("HTTP/1.1 " + status)
          .containsPattern("\r\n\r\nHTTP/1.1 200 OK\r\n")
          .endsWith("\r\n\r\nnext");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"malformed_chunk", "close_mid_body", "empty_response"})
  void givenAFaultOfOneStream_whenItIsPlayedOften_thenTheConnectionAndTheBodyStay(
      String fault, Vertx vertx) throws Exception {
    String json =
        "{'tls':true,'routes':[{'match':{'path':'/a'},'response':{'body':'abcdef',"
            + "'headers':{'connection':'x'},'fault':'@'}},"
            + "{'match':{'path':'/b'},'response':{'body':'fine'}}]}";
    try (TestServer server = TestServer.of(vertx, json.replace("@", fault));
        HttpClient client = client(Version.HTTP_2)) {
      for (int i = 0; i < 3; i++) {
        assertThat(send(client, server, "GET", "/b").body()).isEqualTo("fine");
        assertThatThrownBy(() -> send(client, server, "GET", "/a"))
            .isInstanceOf(UncheckedIOException.class);
      }
      assertThat(server.stats().inFlight()).isZero();
    }
  }
}
