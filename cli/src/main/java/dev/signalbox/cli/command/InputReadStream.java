package dev.signalbox.cli.command;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A blocking stream for an event loop. A thread reads one part when the one before has been
 * delivered and more is wanted. Used from the event loop alone.
 */
final class InputReadStream implements ReadStream<Buffer> {

  private static final int PART = 65_536;

  private final Context context;
  private final Semaphore wanted = new Semaphore(0);
  private @Nullable Handler<Buffer> handler;
  private @Nullable Handler<Void> endHandler;
  private @Nullable Handler<Throwable> exceptionHandler;
  private @Nullable Runnable arrived;
  private long demand = Long.MAX_VALUE;
  private boolean reading;

  InputReadStream(Context context, InputStream in) {
    this.context = context;
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
        context.runOnContext(_ -> arrive(() -> deliver(buffer)));
      }
    } catch (IOException e) {
      context.runOnContext(_ -> arrive(() -> fail(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void arrive(Runnable delivery) {
    arrived = delivery;
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

  private void fail(IOException cause) {
    if (exceptionHandler != null) {
      exceptionHandler.handle(cause);
    }
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

  @Override
  public InputReadStream exceptionHandler(@Nullable Handler<Throwable> handler) {
    this.exceptionHandler = handler;
    return this;
  }
}
