package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.contracts.serverfactory.ServerRequest.NearMiss;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.definition.ProxyTarget;
import dev.signalbox.serverfactory.definition.RouteResponse;
import dev.signalbox.serverfactory.definition.RouteResponse.Body;
import dev.signalbox.serverfactory.definition.RouteResponse.ErrorRate;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.template.TemplateException;
import dev.signalbox.serverfactory.template.TemplateScope;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays the responses of routes: errors and faults by chance, delays, bodies, files, and what an
 * upstream answers. Used from one event loop.
 */
final class RoutePlayer {

  private static final Logger LOG = LoggerFactory.getLogger(RoutePlayer.class);

  private static final int EARLY_HINTS = 103;

  private final ServingResources resources;
  private final RouteRecorder recorder;
  private final LeaseGate gate;
  private final ResponseWriter writer;
  private @Nullable Long seed;
  private RandomGenerator random;
  private @Nullable CorsPolicy cors;

  RoutePlayer(
      ServingResources resources,
      RouteRecorder recorder,
      LeaseGate gate,
      ResponseWriter writer,
      ServerDefinition definition) {
    this.resources = resources;
    this.recorder = recorder;
    this.gate = gate;
    this.writer = writer;
    this.seed = definition.seed();
    this.random = random(definition);
    this.cors = cors(definition);
  }

  private static RandomGenerator random(ServerDefinition definition) {
    return definition.seed() == null
        ? new SplittableRandom()
        : new SplittableRandom(definition.seed());
  }

  private static @Nullable CorsPolicy cors(ServerDefinition definition) {
    return definition.cors() == null ? null : new CorsPolicy(definition.cors());
  }

  /** Plays by another definition from now on. */
  void replace(ServerDefinition next) {
    if (next.seed() != null && !next.seed().equals(seed)) {
      random = random(next);
    }
    seed = next.seed();
    cors = cors(next);
  }

  /** Null when the server has none. */
  @Nullable CorsPolicy cors() {
    return cors;
  }

  /** Adds the headers of CORS, if the server has a policy. */
  void withCors(InFlightRequest inFlight) {
    CorsPolicy policy = cors;
    if (policy != null) {
      policy.apply(inFlight.received(), inFlight.response().headers());
    }
  }

  /** Plays the next response of a route that matched. */
  void play(InFlightRequest inFlight, RouteState route, RouteTable routes) {
    RouteResponse response = route.next();
    routes.played(route);
    // All of chance now, so that what is seeded depends on the order of requests alone.
    ErrorRate error = response.error();
    boolean fails = error != null && strikes(error.percent());
    boolean faulty = response.fault() != null && strikes(response.faultPercent());
    long delayMs = response.delay() == null ? 0 : response.delay().millis(random);
    long count = route.answered();
    Runnable rest =
        () -> {
          if (error != null && fails) {
            answerError(inFlight, error.status());
          } else if (response.proxy() != null && !faulty) {
            forward(inFlight, response.proxy(), false);
          } else {
            send(inFlight, route, response, count, faulty);
          }
        };
    if (delayMs == 0) {
      rest.run();
    } else {
      inFlight.later(
          delayMs,
          () -> {
            if (gate.mayAnswer(inFlight.request())) {
              writer.guarded(inFlight, rest);
            }
          });
    }
  }

  private boolean strikes(double percent) {
    return percent >= 100 || (percent > 0 && random.nextDouble() * 100 < percent);
  }

  private void answerError(InFlightRequest inFlight, int status) {
    withCors(inFlight);
    writer.text(inFlight, status, HttpResponseStatus.valueOf(status).reasonPhrase());
  }

  private void send(
      InFlightRequest inFlight,
      RouteState route,
      RouteResponse response,
      long count,
      boolean faulty) {
    try {
      TemplateScope scope = null;
      MultiMap headers = inFlight.response().headers();
      for (RouteResponse.Header header : response.headers()) {
        if (header.template() == null) {
          headers.add(header.name(), header.value());
        } else {
          scope = scope == null ? scope(inFlight, route, count) : scope;
          headers.add(header.name(), oneLine(header.template().render(scope)));
        }
      }
      switch (response.body()) {
        case Body.Bytes(Buffer bytes) -> send(inFlight, response, bytes, faulty);
        case Body.Template(var template) -> {
          scope = scope == null ? scope(inFlight, route, count) : scope;
          Buffer made = Buffer.buffer(template.render(scope));
          sendMade(inFlight, route, response, made, faulty);
        }
        case Body.File(String path) -> sendFile(inFlight, route, response, path, faulty);
      }
    } catch (TemplateException e) {
      inFlight.response().headers().clear();
      fail(inFlight, route, "The response cannot be made: " + e.getMessage());
    }
  }

  private void sendMade(
      InFlightRequest inFlight,
      RouteState route,
      RouteResponse response,
      Buffer made,
      boolean faulty) {
    if (made.length() >= UnreadBodies.COUNTED_BYTES) {
      UnreadBodies.Share memory = inFlight.share(resources.answers());
      if (made.length() > resources.answers().limit()) {
        inFlight.response().headers().clear();
        fail(
            inFlight,
            route,
            "The response is too large: "
                + made.length()
                + " bytes are more than the "
                + resources.answers().limit()
                + " of all bodies together");
        return;
      }
      if (!memory.take(made.length())) {
        overloaded(inFlight);
        return;
      }
      inFlight.holds(memory);
    }
    send(inFlight, response, made, faulty);
  }

  private TemplateScope scope(InFlightRequest inFlight, RouteState route, long count) {
    return new TemplateScope(
        new TemplateView(inFlight.received(), route.route().match().path()),
        count,
        Instant.now(),
        random);
  }

  /** What a template made may hold characters that no header may. */
  private static String oneLine(String value) {
    StringBuilder line = new StringBuilder(value.length());
    value
        .chars()
        .filter(c -> c == '\t' || (c >= ' ' && c != 0x7f))
        .forEach(c -> line.append((char) c));
    return line.toString();
  }

  private void sendFile(
      InFlightRequest inFlight,
      RouteState route,
      RouteResponse response,
      String path,
      boolean faulty) {
    inFlight.waiting();
    UnreadBodies.Share memory = inFlight.share(resources.answers());
    inFlight.makes(memory);
    resources
        .files()
        .read(path, memory)
        .onComplete(read -> {
          inFlight.awake();
          inFlight.holds(memory);
          if (inFlight.ended() || !gate.mayAnswer(inFlight.request())) {
            return;
          }
          if (read.failed()) {
            if (code(read.cause()) == ErrorCode.OVERLOADED) {
              overloaded(inFlight);
              return;
            }
            inFlight.response().headers().clear();
            fail(
                inFlight,
                route,
                "The file "
                    + path
                    + " of this response "
                    + switch (code(read.cause())) {
                      case NOT_FOUND -> "does not exist";
                      case TOO_LARGE -> "is too large: " + read.cause().getMessage();
                      case null, default -> "cannot be read at present";
                    });
            return;
          }
          MultiMap headers = inFlight.response().headers();
          if (!headers.contains(HttpHeaders.CONTENT_TYPE)) {
            headers.set(HttpHeaders.CONTENT_TYPE, read.result().mediaType());
          }
          writer.guarded(inFlight, () -> send(inFlight, response, read.result().bytes(), faulty));
        });
  }

  private static @Nullable ErrorCode code(Throwable failure) {
    return failure instanceof ServiceException fault ? fault.code() : null;
  }

  private void overloaded(InFlightRequest inFlight) {
    inFlight.response().headers().clear();
    withCors(inFlight);
    inFlight.response().headers().set(HttpHeaders.RETRY_AFTER, "1");
    writer.text(inFlight, 503, "Bodies that clients have not read take too much memory");
  }

  private void send(InFlightRequest inFlight, RouteResponse response, Buffer body, boolean faulty) {
    withCors(inFlight);
    if (faulty && response.fault() != null) {
      writer.sign(inFlight);
      FaultPlayer.play(inFlight, response.fault(), finalStatus(response), body);
    } else if (response.status() == EARLY_HINTS
        && inFlight.request().version() != HttpVersion.HTTP_1_0) {
      MultiMap hints = MultiMap.caseInsensitiveMultiMap().addAll(inFlight.response().headers());
      ResponseWriter.removeOfConnection(hints);
      inFlight
          .response()
          .writeEarlyHints(hints)
          .onComplete(_ -> {
            if (!inFlight.ended()) {
              writer.guarded(
                  inFlight,
                  () -> writer.write(inFlight, finalStatus(response), body, response.dribble()));
            }
          });
    } else {
      writer.write(inFlight, finalStatus(response), body, response.dribble());
    }
  }

  private static int finalStatus(RouteResponse response) {
    return response.status() == EARLY_HINTS ? 200 : response.status();
  }

  /** A route that cannot answer: its author is to see why, in the response and in the journal. */
  void fail(InFlightRequest inFlight, @Nullable RouteState route, String why) {
    inFlight.missed(new NearMiss(route == null ? "" : route.route().label(), List.of(why)));
    withCors(inFlight);
    writer.text(inFlight, 500, why);
  }

  /** Sends what the upstream answers. */
  void forward(InFlightRequest inFlight, ProxyTarget target, boolean mayRecord) {
    inFlight.waiting();
    ReceivedRequest request = inFlight.received();
    UnreadBodies.Share memory = inFlight.share(resources.answers());
    inFlight.makes(memory);
    resources
        .upstream()
        .forward(request, target, memory)
        .onComplete(forwarded -> {
          inFlight.awake();
          inFlight.holds(memory);
          if (inFlight.ended() || !gate.mayAnswer(inFlight.request())) {
            return;
          }
          if (forwarded.failed()) {
            LOG.warn("A request could not be forwarded: {}", forwarded.cause().toString());
            withCors(inFlight);
            writer.text(inFlight, 502, "The request could not be forwarded");
            return;
          }
          UpstreamResponse answer = forwarded.result();
          writer.guarded(inFlight, () -> answer(inFlight, answer));
          if (mayRecord && target.record() && answer.answered()) {
            recorder.record(request, answer);
          }
        });
  }

  private void answer(InFlightRequest inFlight, UpstreamResponse answer) {
    MultiMap headers = inFlight.response().headers();
    for (Header header : answer.headers()) {
      headers.add(header.name(), header.value());
    }
    withCors(inFlight);
    writer.write(inFlight, answer.status(), answer.body(), null);
  }
}
