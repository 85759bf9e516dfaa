package dev.signalbox.platform.trace;

import org.jspecify.annotations.Nullable;

/** Traces nothing. */
final class TracerOff implements Tracer {

  @Override
  public boolean on() {
    return false;
  }

  @Override
  public Span start(Span.Kind kind, String name, @Nullable String parent) {
    return Span.NONE;
  }
}
