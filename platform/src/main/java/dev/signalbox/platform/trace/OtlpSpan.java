package dev.signalbox.platform.trace;

import io.opentelemetry.api.trace.StatusCode;

/** A span that is kept. */
record OtlpSpan(io.opentelemetry.api.trace.Span span, String traceParent) implements Span {

  @Override
  public boolean recording() {
    return true;
  }

  @Override
  public void name(String name) {
    span.updateName(name);
  }

  @Override
  public void attribute(String key, String value) {
    span.setAttribute(key, value);
  }

  @Override
  public void attribute(String key, long value) {
    span.setAttribute(key, value);
  }

  @Override
  public void event(String name) {
    span.addEvent(name);
  }

  @Override
  public void failed(String type, boolean defect) {
    span.setAttribute("error.type", type);
    if (defect) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }

  @Override
  public void ended() {
    span.end();
  }
}
