package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.limit.MemoryBudget;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory of all definitions that this process has loaded. What a definition takes is
 * estimated, see decision 0099. Any thread may use it.
 */
final class DefinitionMemory {

  /** Of a server without any text: its objects and its listening socket. */
  private static final long SERVER_BYTES = 16 * 1_024;

  /** A text is there as it was read, and as bytes to be sent. */
  private static final long BYTES_OF_A_BYTE = 2;

  /** A member of an object, with its name, and what a route makes of it. */
  private static final long MEMBER_BYTES = 320;

  /** An element of an array. */
  private static final long ELEMENT_BYTES = 64;

  /** A part of a template, with the text up to the next one. */
  private static final long TAG_BYTES = 192;

  private final MemoryBudget budget;

  DefinitionMemory(long limitBytes) {
    this.budget = new MemoryBudget(limitBytes);
  }

  /**
   * About what a definition takes before its conditions are compiled.
   *
   * @param textBytes of the definition and of the page, as they are stored
   * @param members of the definition
   */
  static long estimate(long textBytes, Map<String, @Nullable Object> members) {
    return SERVER_BYTES + BYTES_OF_A_BYTE * textBytes + ofValue(members);
  }

  private static long ofValue(@Nullable Object value) {
    return switch (value) {
      case Map<?, ?> map -> MEMBER_BYTES * map.size() + ofEach(map.values());
      case List<?> items -> ELEMENT_BYTES * items.size() + ofEach(items);
      case String text -> TAG_BYTES * tags(text);
      case null, default -> 0;
    };
  }

  private static long ofEach(Collection<?> inner) {
    long bytes = 0;
    for (Object item : inner) {
      bytes += ofValue(item);
    }
    return bytes;
  }

  private static long tags(String text) {
    long tags = 0;
    for (int at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", at + 2)) {
      tags++;
    }
    return tags;
  }

  /**
   * Charges for a definition and loads it. The charge is held once by what was loaded, and given
   * back when loading fails.
   *
   * @throws ServiceException LIMIT_REACHED when too little memory is left, see {@link #isFull}
   */
  <T> T charging(long bytes, Function<Charge, T> load) {
    Charge charge = new Charge();
    charge.resize(bytes);
    boolean loaded = false;
    try {
      T made = load.apply(charge);
      loaded = true;
      return made;
    } finally {
      if (!loaded) {
        charge.release();
      }
    }
  }

  /** Whether loading a definition failed for want of memory. */
  static boolean isFull(Throwable failure) {
    return failure instanceof ServiceException fault && fault.code() == ErrorCode.LIMIT_REACHED;
  }

  /** Bytes charged for at present. */
  long held() {
    return budget.held();
  }

  /** What one definition takes, given back when its last holder releases it. */
  final class Charge {

    private final AtomicInteger holders = new AtomicInteger(1);
    private volatile long bytes;

    private Charge() {}

    /**
     * Charges for another size; before others hold it.
     *
     * @throws ServiceException LIMIT_REACHED when too little memory is left; the size is as before
     */
    void resize(long size) {
      long more = size - bytes;
      if (more > 0 && !budget.tryAcquire(more)) {
        throw new ServiceException(
            ErrorCode.LIMIT_REACHED,
            "The definitions of the servers of this process would take more than "
                + budget.limit()
                + " bytes of memory; this one takes about "
                + size);
      }
      if (more < 0) {
        budget.release(-more);
      }
      bytes = size;
    }

    /** The bytes charged for. */
    long bytes() {
      return bytes;
    }

    /** Adds a holder. */
    void retain() {
      holders.incrementAndGet();
    }

    /** Removes a holder. */
    void release() {
      if (holders.decrementAndGet() == 0) {
        budget.release(bytes);
      }
    }
  }
}
