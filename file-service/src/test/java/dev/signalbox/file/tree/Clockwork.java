package dev.signalbox.file.tree;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A clock that stands still until it is told to go on. */
public final class Clockwork implements LongSupplier {

  private final AtomicLong nanos = new AtomicLong(1);

  @Override
  public long getAsLong() {
    return nanos.get();
  }

  public void goOn(Duration by) {
    nanos.addAndGet(by.toNanos());
  }
}
