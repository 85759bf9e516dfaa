package dev.signalbox.platform.json;

import com.fasterxml.jackson.databind.ser.std.StdSerializer;

/**
 * Writes records of one type as JSON in code of its own, where Jackson's way through the components
 * of a record takes too long. The text must be the one that {@link Json#reflective()} writes,
 * because a process without the writer writes that. {@link Json} finds writers by {@link
 * java.util.ServiceLoader}.
 *
 * @param <T> the type
 */
public abstract class RecordWriter<T extends Record> extends StdSerializer<T> {

  private static final long serialVersionUID = 1L;

  /** A writer of a type. */
  protected RecordWriter(Class<T> type) {
    super(type);
  }
}
