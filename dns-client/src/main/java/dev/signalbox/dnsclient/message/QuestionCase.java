package dev.signalbox.dnsclient.message;

import dev.signalbox.dnsclient.message.WireRecords.Place;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.Type;

/**
 * The letters of the question's name, upper or lower case, wherever an answer repeats them: a
 * client sees its own, not the random ones that were sent for it, nor another client's.
 */
public final class QuestionCase {

  private static final int START = WireRecords.HEADER_LENGTH;

  private QuestionCase() {}

  /**
   * Writes a name over the name of the question, of which it differs in case alone. Names that
   * point to the question by compression change with it; servers that make an alias from DNAME (RFC
   * 6672 section 3.1) copy its labels, which are written over as well.
   *
   * @param wire a whole message with one question
   * @param name the name in wire format
   */
  public static void rewrite(byte[] wire, byte[] name) {
    int end = START + name.length;
    if (end > wire.length || Arrays.equals(wire, START, end, name, 0, name.length)) {
      return;
    }
    byte[] old = Arrays.copyOfRange(wire, START, end);
    System.arraycopy(name, 0, wire, START, name.length);
    if (name[0] == 0 || !contains(wire, end, old, name[0] + 1)) {
      return; // as nearly always
    }
    List<Place> places = WireRecords.of(wire);
    if (places == null) {
      return;
    }
    for (Place place : places) {
      rewriteLabels(wire, place.name(), old, name);
      int type = place.type(wire);
      if (type == Type.CNAME || type == Type.DNAME) {
        rewriteLabels(wire, place.data(), old, name);
      }
    }
  }

  private static boolean contains(byte[] wire, int from, byte[] bytes, int length) {
    for (int at = from; at + length <= wire.length; at++) {
      if (Arrays.equals(wire, at, at + length, bytes, 0, length)) {
        return true;
      }
    }
    return false;
  }

  private static void rewriteLabels(byte[] wire, int start, byte[] old, byte[] name) {
    int label = 0;
    while (name[label] > 0) {
      int next = label + name[label] + 1;
      if (start + next > wire.length
          || !Arrays.equals(wire, start + label, start + next, old, label, next)) {
        return;
      }
      System.arraycopy(name, label, wire, start + label, next - label);
      label = next;
    }
  }
}
