package dev.signalbox.platform.trace;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work with a beginning and an end. Safe to use from any thread; what is recorded after
 * the end is ignored.
 */
public interface Span {

  /** What there is when nothing is traced. */
  Span NONE = new UnsampledSpan(null);

  /** Which side of an exchange a span stands for. */
  enum Kind {
    /** Answers a request. */
    SERVER,
    /** Makes a request and waits for its answer. */
    CLIENT
  }

  /** W3C trace parent for the work below this span; null when nothing is traced. */
  @Nullable String traceParent();

  /** Whether it is kept. When not, there is no need to tell it anything. */
  boolean recording();

  /** Names it anew, as when only later it is known what it is about; of few different values. */
  void name(String name);

  /** Something to know about it. */
  void attribute(String key, String value);

  /** Something to know about it. */
  void attribute(String key, long value);

  /** Something that happened meanwhile. */
  void event(String name);

  /**
   * Ends it as failed.
   *
   * @param type short name of what went wrong, of few different values
   * @param defect whether the work itself failed, rather than having been asked for wrongly
   */
  void failed(String type, boolean defect);

  /** Ends it. */
  void ended();
}
