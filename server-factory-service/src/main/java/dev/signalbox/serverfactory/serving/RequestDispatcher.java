package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.CountServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ListServerRequestsReply;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import dev.signalbox.contracts.serverfactory.ServerStatsReply;
import dev.signalbox.serverfactory.body.MatchBoundException;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.journal.Journal;
import dev.signalbox.serverfactory.journal.ServerCounters;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of one server: by its routes, then its page, then its proxy, in the order of
 * the definition's rules. Used from one event loop.
 */
final class RequestDispatcher {

  private static final CharSequence NOSNIFF = HttpHeaders.createOptimized("nosniff");
  private static final CharSequence CONTENT_TYPE_OPTIONS =
      HttpHeaders.createOptimized("x-content-type-options");
  private static final CharSequence SECONDS = HttpHeaders.createOptimized("1");

  private final Vertx vertx;
  private final ServingLimits limits;
  private final ServingResources resources;
  private final LeaseGate gate;
  private final Journal journal;
  private final ServerCounters counters;
  private final ResponseWriter writer;
  private final RoutePlayer player;
  private ServerDefinition definition;
  private RouteTable routes;
  private @Nullable PageBytes page;

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
    this.counters = new ServerCounters(System.currentTimeMillis(), settings.meters());
    this.writer = new ResponseWriter(limits.idleTimeout());
    this.resources = resources;
    this.gate = new LeaseGate(settings.mayServe(), settings.leaseEnded());
    this.player = new RoutePlayer(resources, settings.recorder(), gate, writer, definition);
    this.definition = definition;
    this.routes = new RouteTable(definition.routes(), null);
    this.page = PageBytes.of(definition.page());
    this.journal =
        new Journal(
            definition.journal().entries(), definition.journal().bodyBytes(), resources.journals());
  }

  /** Answers the next requests by another definition; those in flight end by the old one. */
  void replace(ServerDefinition next) {
    player.replace(next);
    routes = new RouteTable(next.routes(), routes);
    page = PageBytes.of(next.page());
    journal.resize(next.journal().entries(), next.journal().bodyBytes());
    definition = next;
  }

  /** Answers a request. */
  void handle(HttpServerRequest request) {
    if (request.response().writeQueueFull()) {
      beginWhenDrained(request);
    } else {
      begin(request);
    }
  }

  /**
   * Makes no more responses than the client reads: of those pipelined over HTTP/1, and of those on
   * the streams of HTTP/2. A client that reads nothing for so long gets no response.
   */
  private void beginWhenDrained(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    long timer =
        vertx.setTimer(limits.idleTimeout().toMillis(), _ -> ClientChannel.endUnread(request));
    boolean body = !BodyReader.hasNone(request);
    if (body) {
      request.pause();
    }
    response.exceptionHandler(_ -> {});
    response.closeHandler(_ -> vertx.cancelTimer(timer));
    response.drainHandler(_ -> {
      response.drainHandler(null);
      if (vertx.cancelTimer(timer)) {
        begin(request);
        if (body) {
          request.resume();
        }
      }
    });
  }

  private void begin(HttpServerRequest request) {
    if (!gate.mayAnswer(request)) {
      return;
    }
    boolean busy = counters.inFlight() >= limits.inFlight();
    InFlightRequest inFlight = new InFlightRequest(vertx, request, journal, counters);
    if (busy) {
      refuse(inFlight, 503, "The server is answering " + limits.inFlight() + " requests already");
    } else if (!definition.lax() && !hasOneHost(request)) {
      refuse(inFlight, 400, "A request must have one Host header");
    } else if (BodyReader.hasNone(request)) {
      writer.guarded(inFlight, () -> answer(inFlight));
    } else {
      read(inFlight);
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
    if (!gate.mayAnswer(request)) {
      return;
    }
    InFlightRequest inFlight = new InFlightRequest(vertx, request, journal, counters);
    inFlight.response().headers().set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    switch (request.decoderResult().cause()) {
      case TooLongHttpLineException _ ->
          writer.text(
              inFlight,
              414,
              "The request line must be at most " + OnDemandServer.MAX_LINE + " bytes");
      case TooLongHttpHeaderException _ ->
          writer.text(
              inFlight,
              431,
              "The headers must be at most " + OnDemandServer.MAX_HEADERS + " bytes");
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
                writer.guarded(inFlight, () -> answer(inFlight));
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
    CorsPolicy policy = player.cors();
    if (policy != null && CorsPolicy.isPreflight(request)) {
      int status = policy.preflight(request, inFlight.response().headers());
      writer.write(inFlight, status, Buffer.buffer(), null);
      return;
    }
    RouteState route;
    try {
      route = routes.find(request);
    } catch (MatchBoundException e) {
      player.fail(
          inFlight, null, "The request cannot be compared with the routes: " + e.getMessage());
      return;
    }
    PageBytes fixed = page;
    if (route != null) {
      inFlight.matched(route);
      player.play(inFlight, route, routes);
    } else if (fixed != null && fixed.page().isAt(request.rawPath())) {
      inFlight.matchedPage();
      answerPage(inFlight, fixed);
    } else if (definition.proxy() != null) {
      player.forward(inFlight, definition.proxy(), true);
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
      player.withCors(inFlight);
      writer.write(inFlight, 200, fixed.body(), null);
    } else {
      headers.set(HttpHeaders.ALLOW, "GET, HEAD");
      player.withCors(inFlight);
      writer.write(inFlight, 405, Buffer.buffer(), null);
    }
  }

  /** Names the nearest route, which is what the author of the routes looks for. */
  private void answerNotFound(InFlightRequest inFlight) {
    inFlight.response().headers().set(CONTENT_TYPE_OPTIONS, NOSNIFF);
    StringBuilder text = new StringBuilder("Not Found");
    NearestRoute near = routes.nearest(inFlight.received());
    if (near != null) {
      inFlight.missed(near.miss());
      text.append("\n\nNearest route: ").append(near.miss().route()).append('\n');
      near.hints().forEach(hint -> text.append("- ").append(hint).append('\n'));
    }
    player.withCors(inFlight);
    writer.text(inFlight, 404, text.toString());
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
