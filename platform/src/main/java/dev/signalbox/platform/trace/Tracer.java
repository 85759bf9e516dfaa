package dev.signalbox.platform.trace;

import org.jspecify.annotations.Nullable;

/** Where the spans of one service begin. */
public interface Tracer {

  /** Traces nothing. */
  Tracer OFF = new TracerOff();

  /** Whether it traces anything; when not, there is no need to ask it for spans. */
  boolean on();

  /**
   * Begins a span.
   *
   * @param kind which side of an exchange it stands for
   * @param name of few different values, such as an operation's address
   * @param parent W3C trace parent of the work it belongs to; when null or not well-formed, a trace
   *     of its own begins
   */
  Span start(Span.Kind kind, String name, @Nullable String parent);
}
