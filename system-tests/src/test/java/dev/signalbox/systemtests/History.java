package dev.signalbox.systemtests;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;

/** All requests, and what their clients may rely on since. */
final class History {

  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

  /** Codes by uuid. */
  final Map<String, String> codes = new ConcurrentHashMap<>();

  /** Texts of messages that are stored. */
  final Set<String> messages = ConcurrentHashMap.newKeySet();

  /** Numbers of uploads that are stored, by which their paths and contents are known. */
  final ConcurrentSkipListMap<Integer, Boolean> uploads = new ConcurrentSkipListMap<>();

  /** Numbers of results, by which their contents are known, by task they were stored for. */
  final Map<Integer, Integer> results = new ConcurrentHashMap<>();

  /** Tasks that a client holds or held a lease of, by number of the lease. */
  final Map<Integer, Integer> leases = new ConcurrentHashMap<>();

  /** Tasks that two clients held at once, or for which two different results were taken. */
  final Set<Integer> leasedTwice = ConcurrentHashMap.newKeySet();

  /** Servers on demand that run: number by id. */
  final Map<String, Integer> servers = new ConcurrentHashMap<>();

  /** Those of them that nobody stops. */
  final Map<String, Integer> kept = new ConcurrentHashMap<>();

  /** Servers of which a client was told that they have stopped. */
  final Set<String> stopped = ConcurrentHashMap.newKeySet();

  /** Servers whose stop has no answer: they may run or not. */
  final Set<String> unsure = ConcurrentHashMap.newKeySet();

  void add(Call call) {
    calls.add(call);
  }

  /** Calls that were in flight at some time between two moments. */
  List<Call> between(long from, long to) {
    return calls.stream().filter(call -> call.end() - from >= 0 && call.start() - to <= 0).toList();
  }

  /** Path of an upload by its number. */
  static String uploadPath(int number) {
    return "/load/" + number + ".txt";
  }

  /** A result by its number: a bitmap that has the number in its middle. */
  static byte[] bitmap(int number) {
    byte[] bitmap = new byte[8_192];
    java.nio.ByteBuffer.wrap(bitmap).putInt(4_096, number);
    return bitmap;
  }
}
