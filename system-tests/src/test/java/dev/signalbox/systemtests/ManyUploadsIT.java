package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A service that has worked for long is as ready as one that has just started. */
@ParameterizedClass
@EnumSource
@LongTest
class ManyUploadsIT {

  // More than twice the requests that file-service has in flight at most: a place lost by one
  // upload in two would show.
  private static final int UPLOADS = 5_000;

  private static final int CLIENTS = 4;

  private final Deployment system;

  ManyUploadsIT(Shape shape) {
    this.system = shape.shared();
  }

  @Test
  void theFiveThousandthUploadIsStoredLikeTheFirst() throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Load load = new Load();
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      for (int i = 0; i < CLIENTS; i++) {
        load.run(() -> {
          for (int n = next.getAndIncrement(); n < UPLOADS; n = next.getAndIncrement()) {
            HttpResponse<String> stored = put(client, n);
            assertThat(stored.statusCode()).as("upload %s: %s", n, stored.body()).isIn(200, 201);
          }
        });
      }
      load.awaitAll();
    }

    Reply last = Http.get(system.doors().main(), "/many/" + (UPLOADS - 1) % 50 + ".txt");
    assertThat(last.status()).isEqualTo(200);
    // As announced, which is every two seconds.
    Awaitility.await().until(() -> inFlight() == 0);
  }

  private HttpResponse<String> put(HttpClient client, int number) {
    URI uri =
        URI.create(
            "http://127.0.0.1:%d/api/v1/files/many/%d.txt"
                .formatted(system.doors().main(), number % 50));
    return client
        .sendAsync(
            HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(30))
                .PUT(BodyPublishers.ofString("upload " + number))
                .build(),
            BodyHandlers.ofString())
        .join();
  }

  private long inFlight() {
    for (var service : Http.get(system.doors().main(), "/api/v1/services").json().path("items")) {
      if (service.path("service").asText().equals("file-service")) {
        return service.path("in_flight").asLong();
      }
    }
    throw new AssertionError("file-service is not there");
  }
}
