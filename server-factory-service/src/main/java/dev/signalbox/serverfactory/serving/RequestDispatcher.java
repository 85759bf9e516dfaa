package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.contracts.serverfactory.ServerRequest.NearMiss;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.serverfactory.body.MatchBoundException;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.serverfactory.definition.ProxyTarget;
import dev.signalbox.serverfactory.definition.RouteResponse;
import dev.signalbox.serverfactory.definition.RouteResponse.Body;
import dev.signalbox.serverfactory.definition.RouteResponse.ErrorRate;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.journal.Journal;
import dev.signalbox.serverfactory.journal.ServerCounters;
import dev.signalbox.serverfactory.template.TemplateException;
import dev.signalbox.serverfactory.template.TemplateScope;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one server: by its routes, then its page, then its proxy, in the order of
 * the definition's rules. Used from one event loop.
 */
final class RequestDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(RequestDispatcher.class);

  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("x-content-type-options");
  private static final int EARLY_HINTS = 103;
  private static final CharSequence SECONDS = HttpHeaders.createOptimized("1");

  private final Vertx vertx;
  private final ServingLimits limits;
  private final ServingResources resources;
  private final RouteRecorder recorder;
  private final BooleanSupplier mayServe;
  private final Runnable leaseEnded;
  private final Journal journal;
  private final ServerCounters counters = new ServerCounters(System.currentTimeMillis());
  private final ResponseWriter writer;
  private ServerDefinition definition;
  private RouteTable routes;
  private @Nullable PageBytes page;
  private @Nullable CorsPolicy cors;
  private RandomGenerator random;

  /** The page of a server, ready to be sent. */
  private record PageBytes(Page page, CharSequence contentType, Buffer body) {

    static @Nullable PageBytes of(@Nullable Page page) {
      return page == null
          ? null
          : new PageBytes(
              page, HttpHeaders.createOptimized(page.contentType()), Buffer.buffer(page.data()));
    }
  }

  RequestDispatcher(
      Vertx vertx,
      ServerDefinition definition,
      ServingResources resources,
      OnDemandServer.Settings settings) {
    this.vertx = vertx;
    this.limits = settings.limits();
    this.writer = new ResponseWriter(limits.idleTimeout());
    this.resources = resources;
    this.recorder = settings.recorder();
    this.mayServe = settings.mayServe();
    this.leaseEnded = settings.leaseEnded();
    this.definition = definition;
    this.routes = new RouteTable(definition.routes(), null);
    this.page = PageBytes.of(definition.page());
    this.cors = definition.cors() == null ? null : new CorsPolicy(definition.cors());
    this.random = random(definition);
    this.journal =
        new Journal(
            definition.journal().entries(), definition.journal().bodyBytes(), resources.journals());
  }

  private static RandomGenerator random(ServerDefinition definition) {
    return definition.seed() == null
        ? new SplittableRandom()
        : new SplittableRandom(definition.seed());
  }

  /** Answers the next requests by another definition; those in flight end by the old one. */
  void replace(ServerDefinition next) {
    if (next.seed() != null && !next.seed().equals(definition.seed())) {
      random = random(next);
    }
    routes = new RouteTable(next.routes(), routes);
    page = PageBytes.of(next.page());
    cors = next.cors() == null ? null : new CorsPolicy(next.cors());
    journal.resize(next.journal().entries(), next.journal().bodyBytes());
    definition = next;
  }

  /** Answers a request. */
  void handle(HttpServerRequest request) {
    if (request.response().writeQueueFull()) {
      // Of pipelined responses no more are made than the client reads.
      request
          .response()
          .drainHandler(_ -> {
            request.response().drainHandler(null);
            begin(request);
          });
    } else {
      begin(request);
    }
  }

  private void begin(HttpServerRequest request) {
    if (!mayAnswer(request)) {
      return;
    }
    boolean busy = counters.inFlight() >= limits.inFlight();
    InFlightRequest inFlight = new InFlightRequest(vertx, request, journal, counters);
    if (busy) {
      refuse(inFlight, 503, "The server is answering " + limits.inFlight() + " requests already");
    } else if (!definition.lax() && !hasOneHost(request)) {
      refuse(inFlight, 400, "A request must have one Host header");
    } else if (BodyReader.hasNone(request)) {
      guarded(inFlight, () -> answer(inFlight));
    } else {
      read(inFlight);
    }
  }

  /**
   * Whether this process still has the right to answer. Another one may answer for this server when
   * it has not, so that not even an error would be right.
   */
  private boolean mayAnswer(HttpServerRequest request) {
    if (mayServe.getAsBoolean()) {
      return true;
    }
    leaseEnded.run();
    ClientChannel.close(request.connection());
    return false;
  }

  /** A mistake of ours costs one response, not the connection's place in flight for ever. */
  private void guarded(InFlightRequest inFlight, Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.error("A request could not be answered", e);
      if (inFlight.ended()) {
        return;
      }
      if (inFlight.response().headWritten()) {
        inFlight.end(0, null, 0);
        ClientChannel.close(inFlight.request().connection());
      } else {
        inFlight.response().headers().clear();
        writer.text(inFlight, 500, "This request met an error inside the server");
      }
    }
  }

  /** RFC 9112 section 3.2. */
  private static boolean hasOneHost(HttpServerRequest request) {
    int hosts = 0;
    MultiMap headers = request.headers();
    if (headers.contains(HttpHeaders.HOST)) {
      hosts = headers.getAll(HttpHeaders.HOST).size();
    }
    return hosts == 1 || (hosts == 0 && request.version() != HttpVersion.HTTP_1_1);
  }

  /** Answers what the codec does not take for a request, and closes: what follows is unknown. */
  void handleInvalid(HttpServerRequest request) {
    if (!mayAnswer(request)) {
      return;
    }
    InFlightRequest inFlight = new InFlightRequest(vertx, request, journal, counters);
    inFlight.response().headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    switch (request.decoderResult().cause()) {
      case TooLongHttpLineException _ -> writer.text(inFlight, 414, "The request line is too long");
      case TooLongHttpHeaderException _ -> writer.text(inFlight, 431, "The headers are too large");
      case null, default -> writer.text(inFlight, 400, "This is not an HTTP request");
    }
  }

  private void read(InFlightRequest inFlight) {
    BodyReader reader =
        new BodyReader(
            vertx,
            inFlight.request(),
            limits,
            resources.bodies(),
            new BodyReader.Receiver() {
              @Override
              public void received(Buffer body) {
                inFlight.received(body);
                guarded(inFlight, () -> answer(inFlight));
              }

              @Override
              public void refused(int status, String why) {
                refuse(inFlight, status, why);
              }

              @Override
              public void abandoned() {
                inFlight.end(0, null, 0);
              }
            });
    inFlight.reading(reader);
    reader.read();
  }

  /** Refuses a request without reading the rest of it. */
  private void refuse(InFlightRequest inFlight, int status, String why) {
    MultiMap headers = inFlight.response().headers();
    if (status == 503) {
      headers.set(HttpHeaders.RETRY_AFTER, SECONDS);
    }
    if (!BodyReader.hasNone(inFlight.request())) {
      headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    writer.text(inFlight, status, why);
  }

  private void answer(InFlightRequest inFlight) {
    ReceivedRequest request = inFlight.received();
    CorsPolicy policy = cors;
    if (policy != null && CorsPolicy.isPreflight(request)) {
      int status = policy.preflight(request, inFlight.response().headers());
      writer.write(inFlight, status, Buffer.buffer(), null);
      return;
    }
    RouteState route;
    try {
      route = routes.find(request);
    } catch (MatchBoundException e) {
      fail(inFlight, null, "The request cannot be compared with the routes: " + e.getMessage());
      return;
    }
    PageBytes fixed = page;
    if (route != null) {
      inFlight.matched(route);
      play(inFlight, route);
    } else if (fixed != null && fixed.page().isAt(request.rawPath())) {
      inFlight.matchedPage();
      answerPage(inFlight, fixed);
    } else if (definition.proxy() != null) {
      forward(inFlight, definition.proxy(), true);
    } else {
      answerNotFound(inFlight);
    }
  }

  private void answerPage(InFlightRequest inFlight, PageBytes fixed) {
    MultiMap headers = inFlight.response().headers();
    headers.set(CONTENT_TYPE_OPTIONS, NOSNIFF);
    String method = inFlight.received().method();
    if (method.equals("GET") || method.equals("HEAD")) {
      headers.set(HttpHeaders.CONTENT_TYPE, fixed.contentType());
      withCors(inFlight);
      writer.write(inFlight, 200, fixed.body(), null);
    } else {
      headers.set(HttpHeaders.ALLOW, "GET, HEAD");
      withCors(inFlight);
      writer.write(inFlight, 405, Buffer.buffer(), null);
    }
  }

  /** With what nearly matched, since whoever writes routes looks for that. */
  private void answerNotFound(InFlightRequest inFlight) {
    inFlight.response().headers().set(CONTENT_TYPE_OPTIONS, NOSNIFF);
    StringBuilder text = new StringBuilder("Not Found");
    NearMiss near = routes.nearest(inFlight.received());
    if (near != null) {
      inFlight.missed(near);
      text.append("\n\nNearest route: ").append(near.route()).append('\n');
      near.reasons().forEach(reason -> text.append("- ").append(reason).append('\n'));
    }
    withCors(inFlight);
    writer.text(inFlight, 404, text.toString());
  }

  private void withCors(InFlightRequest inFlight) {
    CorsPolicy policy = cors;
    if (policy != null) {
      policy.apply(inFlight.received(), inFlight.response().headers());
    }
  }

  private void play(InFlightRequest inFlight, RouteState route) {
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
            if (mayAnswer(inFlight.request())) {
              guarded(inFlight, rest);
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
          send(inFlight, response, Buffer.buffer(template.render(scope)), faulty);
        }
        case Body.File(String path) -> sendFile(inFlight, route, response, path, faulty);
      }
    } catch (TemplateException e) {
      inFlight.response().headers().clear();
      fail(inFlight, route, "The response cannot be made: " + e.getMessage());
    }
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
    resources
        .files()
        .read(path)
        .onComplete(read -> {
          inFlight.awake();
          if (inFlight.ended() || !mayAnswer(inFlight.request())) {
            return;
          }
          if (read.failed()) {
            inFlight.response().headers().clear();
            boolean missing =
                read.cause() instanceof ServiceException fault
                    && fault.code() == ErrorCode.NOT_FOUND;
            fail(
                inFlight,
                route,
                missing
                    ? "The file " + path + " of this response does not exist"
                    : "The file " + path + " of this response cannot be read at present");
            return;
          }
          MultiMap headers = inFlight.response().headers();
          if (!headers.contains(HttpHeaders.CONTENT_TYPE)) {
            headers.set(HttpHeaders.CONTENT_TYPE, read.result().mediaType());
          }
          guarded(inFlight, () -> send(inFlight, response, read.result().bytes(), faulty));
        });
  }

  private void send(InFlightRequest inFlight, RouteResponse response, Buffer body, boolean faulty) {
    withCors(inFlight);
    if (faulty && response.fault() != null) {
      writer.sign(inFlight.response().headers());
      FaultPlayer.play(inFlight, response.fault(), finalStatus(response), body);
    } else if (response.status() == EARLY_HINTS
        && inFlight.request().version() != HttpVersion.HTTP_1_0) {
      inFlight
          .response()
          .writeEarlyHints(MultiMap.caseInsensitiveMultiMap().addAll(inFlight.response().headers()))
          .onComplete(_ -> {
            if (!inFlight.ended()) {
              writer.write(inFlight, finalStatus(response), body, response.dribble());
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
  private void fail(InFlightRequest inFlight, @Nullable RouteState route, String why) {
    inFlight.missed(new NearMiss(route == null ? "" : route.route().label(), List.of(why)));
    withCors(inFlight);
    writer.text(inFlight, 500, why);
  }

  private void forward(InFlightRequest inFlight, ProxyTarget target, boolean mayRecord) {
    inFlight.waiting();
    ReceivedRequest request = inFlight.received();
    resources
        .upstream()
        .forward(request, target)
        .onComplete(forwarded -> {
          inFlight.awake();
          if (inFlight.ended() || !mayAnswer(inFlight.request())) {
            return;
          }
          if (forwarded.failed()) {
            LOG.warn("A request could not be forwarded: {}", forwarded.cause().toString());
            withCors(inFlight);
            writer.text(inFlight, 502, "The request could not be forwarded");
            return;
          }
          UpstreamResponse answer = forwarded.result();
          guarded(inFlight, () -> answer(inFlight, answer));
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

  /** Requests of the journal. */
  ListServerRequestsReply requests(long after, int limit, ServerRequestFilter filter) {
    return journal.list(after, limit, filter);
  }

  /** How many requests of the journal are meant. */
  CountServerRequestsReply count(ServerRequestFilter filter) {
    return journal.count(filter);
  }

  /** Empties the journal. */
  void clearRequests() {
    journal.clear();
  }

  /** Sequences and scenarios begin again. */
  void resetScenarios() {
    routes.reset();
  }

  /** Counters at present. */
  ServerStatsReply stats(int connections) {
    return counters.stats(connections, routes.stats(), routes.scenarios());
  }
}
