package dev.signalbox.platform.trace;

import org.jspecify.annotations.Nullable;

/**
 * Work of a trace that is not kept: all it does is to pass the trace on, so that no service below
 * keeps half of it.
 */
record UnsampledSpan(@Nullable String traceParent) implements Span {

  @Override
  public boolean recording() {
    return false;
  }

  @Override
  public void name(String name) {}

  @Override
  public void attribute(String key, String value) {}

  @Override
  public void attribute(String key, long value) {}

  @Override
  public void event(String name) {}

  @Override
  public void failed(String type, boolean defect) {}

  @Override
  public void ended() {}
}
