package dev.signalbox.systemtests;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What one change of all processes from a build to another cost. */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.ANY)
final class UpgradeResult {

  /** Which change. */
  String name = "";

  /** How long it took. */
  double seconds;

  /** Requests by capability. */
  final Map<Capability, Integer> calls = new TreeMap<>();

  /** What was answered to each request that failed. */
  final List<String> failed = new ArrayList<>();

  /** Visits of servers on demand whose connection was reset. */
  final List<String> resets = new ArrayList<>();

  /** What was acknowledged and is not there, there twice or altered. */
  final List<String> lost = new ArrayList<>();

  /** Messages that have the added field and should not, or the other way round. */
  final List<String> fields = new ArrayList<>();

  /** Messages whose field was looked at, by what had to be in it. */
  final Map<String, Integer> messages = new TreeMap<>();

  /** Services whose processes call themselves other than they should. */
  final List<String> versions = new ArrayList<>();

  /** How long each process took. */
  final List<String> notes = new ArrayList<>();
}
