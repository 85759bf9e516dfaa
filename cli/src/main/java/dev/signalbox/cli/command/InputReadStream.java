package dev.signalbox.cli.command;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A blocking stream for an event loop. A thread reads one part when the one before has been
 * delivered and more is wanted. Used from the event loop alone.
 */
final class InputReadStream implements ReadStream<Buffer> {

  private static final int PART = 65_536;

  private final Context context;
  private final Consumer<IOException> failed;
  private final Semaphore wanted = new Semaphore(0);
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Runnable arrived;
  private long demand = Long.MAX_VALUE;
  private boolean reading;

  /**
   * Begins when it is read.
   *
   * @param failed told, on another thread, of a failure to read; the stream then has no end
   */
  InputReadStream(Context context, InputStream in, Consumer<IOException> failed) {
    this.context = context;
    this.failed = failed;
    // A daemon: a read of standard input cannot be interrupted, and must not hold up the end.
    Thread.ofPlatform().daemon().name("tasks").start(() -> read(in));
  }

  private void read(InputStream in) {
    try {
      boolean more = true;
      while (more) {
        wanted.acquire();
        byte[] part = new byte[PART];
        int length = in.read(part);
        more = length >= 0;
        Buffer buffer = more ? Buffer.buffer(length).appendBytes(part, 0, length) : null;
        context.runOnContext(_ -> arrive(buffer));
      }
    } catch (IOException e) {
      failed.accept(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RejectedExecutionException e) {
      return; // The event loop has ended meanwhile: nobody wants the rest.
    }
  }

  private void arrive(@Nullable Buffer part) {
    arrived = () -> deliver(part);
    proceed();
  }

  private void proceed() {
    Runnable delivery = arrived;
    if (demand > 0 && delivery != null) {
      arrived = null;
      delivery.run();
    } else if (demand > 0 && handler != null && !reading) {
      reading = true;
      wanted.release();
    }
  }

  private void deliver(@Nullable Buffer part) {
    if (part == null) {
      if (endHandler != null) {
        endHandler.handle(null);
      }
      return;
    }
    reading = false;
    if (demand != Long.MAX_VALUE) {
      demand--;
    }
    if (handler != null) {
      handler.handle(part);
    }
    proceed();
  }

  @Override
  public InputReadStream handler(@Nullable Handler<Buffer> handler) {
    this.handler = handler;
    proceed();
    return this;
  }

  @Override
  public InputReadStream pause() {
    demand = 0;
    return this;
  }

  @Override
  public InputReadStream resume() {
    return fetch(Long.MAX_VALUE);
  }

  @Override
  public InputReadStream fetch(long amount) {
    demand = demand > Long.MAX_VALUE - amount ? Long.MAX_VALUE : demand + amount;
    proceed();
    return this;
  }

  @Override
  public InputReadStream endHandler(@Nullable Handler<Void> handler) {
    this.endHandler = handler;
    return this;
  }

  /** Never called: who reads the response is told instead, and ends the request with it. */
  @Override
  public InputReadStream exceptionHandler(@Nullable Handler<Throwable> handler) {
    return this;
  }
}
