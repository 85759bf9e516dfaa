package dev.signalbox.worker.icmp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The calls of the C library that pinging needs. Negative results are errors, see errno. */
final class LibC {

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

  private static final MethodHandle SOCKET =
      handle("socket", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT), CAPTURE);
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      handle(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle POLL =
      handle("poll", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SIGNAL =
      handle("signal", FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));

  /** The calls of one packet, which every system has. */
  private static final class Single {

    static final MethodHandle SENDTO =
        handle(
            "sendto",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT),
            CAPTURE);
    static final MethodHandle RECVFROM =
        handle(
            "recvfrom",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS));
  }

  /** The calls of many packets, which only Linux has. */
  private static final class Many {

    static final MethodHandle SENDMMSG =
        handle(
            "sendmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
            CAPTURE);
    static final MethodHandle RECVMMSG =
        handle(
            "recvmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS));
  }

  private final MemorySegment state;

  LibC(Arena arena) {
    this.state = arena.allocate(CALL_STATE);
  }

  @SuppressWarnings("restricted") // The worker exists to make these calls.
  private static MethodHandle handle(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /** The error of the latest socket or send that failed. */
  int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  int socket(int domain, int type, int protocol) {
    try {
      return (int) SOCKET.invokeExact(state, domain, type, protocol);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  void close(int descriptor) {
    try {
      int ignored = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  boolean setsockopt(int descriptor, int level, int option, int value) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocateFrom(JAVA_INT, value);
      return (int) SETSOCKOPT.invokeExact(descriptor, level, option, memory, 4) == 0;
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int poll(MemorySegment descriptors, int millis) {
    try {
      return (int) POLL.invokeExact(descriptors, 1L, millis);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int sendmmsg(int descriptor, MemorySegment messages, int count, int flags) {
    try {
      return (int) Many.SENDMMSG.invokeExact(state, descriptor, messages, count, flags);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  int recvmmsg(int descriptor, MemorySegment messages, int count, int flags) {
    try {
      return (int)
          Many.RECVMMSG.invokeExact(descriptor, messages, count, flags, MemorySegment.NULL);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long sendto(int descriptor, MemorySegment packet, int flags, MemorySegment address) {
    try {
      return (long)
          Single.SENDTO.invokeExact(
              state,
              descriptor,
              packet,
              packet.byteSize(),
              flags,
              address,
              (int) address.byteSize());
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  long recvfrom(
      int descriptor, MemorySegment packet, int flags, MemorySegment address, MemorySegment size) {
    try {
      return (long)
          Single.RECVFROM.invokeExact(descriptor, packet, packet.byteSize(), flags, address, size);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  /** Gives a signal its default effect again, which for most is the end of the process. */
  static void resetSignal(int signal) {
    try {
      MemorySegment ignored = (MemorySegment) SIGNAL.invokeExact(signal, MemorySegment.NULL);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private static IllegalStateException impossible(Throwable e) {
    return new IllegalStateException("a call of the C library failed", e);
  }
}
