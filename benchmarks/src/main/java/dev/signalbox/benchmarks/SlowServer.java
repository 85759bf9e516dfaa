package dev.signalbox.benchmarks;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;

/**
 * An HTTP server that takes any number of connections at once and its time to answer.
 *
 * <p>Arguments: port, milliseconds until it answers.
 */
public final class SlowServer extends VerticleBase {

  private final int port;
  private final long delayMs;

  private SlowServer(int port, long delayMs) {
    this.port = port;
    this.delayMs = delayMs;
  }

  static void main(String[] args) {
    int port = Integer.parseInt(args[0]);
    long delayMs = Long.parseLong(args[1]);
    Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1))
        .deployVerticle(new SlowServer(port, delayMs))
        .onComplete(started -> System.out.println("ready"), failed -> System.err.println(failed));
  }

  @Override
  public Future<?> start() {
    return vertx
        .createHttpServer(
            new HttpServerOptions().setHost("127.0.0.1").setPort(port).setAcceptBacklog(16_384))
        .requestHandler(request -> {
          boolean now = "/ready".equals(request.path());
          if (now) {
            request.response().end("ready\n");
          } else {
            vertx.setTimer(delayMs, timer -> request.response().end("late\n"));
          }
        })
        .listen();
  }
}
