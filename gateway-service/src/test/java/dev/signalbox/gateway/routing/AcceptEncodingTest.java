package dev.signalbox.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(VertxExtension.class)
class AcceptEncodingTest {

  private static final List<List<String>> LISTS = new ArrayList<>();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static URI server;

  @BeforeAll
  static void start(Vertx vertx) throws Exception {
    Router router = Router.router(vertx);
    AcceptEncoding fresh = new AcceptEncoding();
    router
        .route("/same")
        .handler(ctx -> {
          LISTS.add(fresh.of(ctx));
          ctx.end();
        });
    AcceptEncoding full = new AcceptEncoding();
    router.route("/codings").handler(ctx -> ctx.end(String.join(" ", full.of(ctx))));
    router.route("/gzip").handler(ctx -> ctx.end(Boolean.toString(AcceptEncoding.gzip(ctx))));
    int port =
        vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1").await().actualPort();
    server = URI.create("http://127.0.0.1:" + port);
  }

  @AfterAll
  static void stop() {
    CLIENT.close();
  }

  private static String ask(String path, String header) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path));
    if (header != null) {
      request.header(HttpHeaders.ACCEPT_ENCODING.toString(), header);
    }
    return CLIENT.send(request.build(), BodyHandlers.ofString()).body();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip, deflate, br, zstd|br zstd gzip",
        "gzip|gzip",
        "GZIP;Q=0.5, Br;q=0.1|gzip br",
        "gzip ; q=0.5, br|br gzip",
        "br;q=0, *|zstd gzip",
        "*|br zstd gzip",
        "*;q=0|''",
        "identity|''",
        "identity;q=0.9, gzip;q=0.5|''",
        "identity;q=0.5, gzip;q=0.9|gzip",
        "gzip;q=0|''",
        "gzip; q=0.000|''",
        "gzip;q=1.000|gzip",
        "x-gzip|gzip",
        "deflate|''",
        "''|''"
      })
  void givenAHeader_whenRead_thenCodingsComeBestFirst(String header, String codings)
      throws Exception {
    assertThat(ask("/codings", header)).isEqualTo(codings);
    assertThat(ask("/gzip", header)).isEqualTo(Boolean.toString(codings.contains("gzip")));
  }

  @Test
  void givenNoHeader_whenRead_thenTheContentItselfIsWanted() throws Exception {
    assertThat(ask("/codings", null)).isEmpty();
    assertThat(ask("/gzip", null)).isEqualTo("false");
  }

  @Test
  void givenTheSameHeader_whenAsked_thenTheListIsTheSame() throws Exception {
    ask("/same", "gzip, br;q=0.7");
    ask("/same", "gzip, br;q=0.7");

    assertThat(LISTS.getLast()).isSameAs(LISTS.get(LISTS.size() - 2));
  }

  @Test
  void givenAnyHeader_whenRead_thenOnlyKnownCodingsComeEachOnce() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 1_000; i++) {
      StringBuilder header = new StringBuilder("x");
      for (int n = random.nextInt(30); n > 0; n--) {
        header.append("gzipbr,;q=0.1*\" ".charAt(random.nextInt(16)));
      }

      List<String> codings = List.of(ask("/codings", header.toString()).split(" "));

      assertThat(codings)
          .as(header.toString())
          .doesNotHaveDuplicates()
          .isSubsetOf(List.of("br", "zstd", "gzip", ""));
    }
  }
}
