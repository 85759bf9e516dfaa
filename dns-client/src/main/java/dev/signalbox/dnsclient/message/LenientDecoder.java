package dev.signalbox.dnsclient.message;

import dev.signalbox.dnsclient.message.WireRecords.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Reads messages of which records in the additional section are malformed. That section is the
 * server's to fill as it likes, and nothing in it is the answer; a malformed record in any other
 * makes the message unreadable.
 */
final class LenientDecoder {

  /** A message of which some records could not be read. */
  static final class PartlyRead extends Message {

    private final List<String> malformed;

    PartlyRead(byte[] wire, List<String> malformed) throws IOException {
      super(wire);
      this.malformed = List.copyOf(malformed);
    }

    /** Which records those are, some words each. */
    List<String> malformed() {
      return malformed;
    }
  }

  // The codec reads the whole message again for each record of the section.
  private static final int MOST_RECORDS = 128;
  private static final int MOST_BYTES = 1 << 17;

  private static final int FIRST_PRIVATE_TYPE = 65_280;
  private static final int LAST_PRIVATE_TYPE = 65_534;

  private LenientDecoder() {}

  /** The message without its malformed records; null when that does not make it readable. */
  static @Nullable Message decode(byte[] wire) {
    List<Place> places = WireRecords.of(wire);
    if (places == null || places.size() > MOST_RECORDS) {
      return null;
    }
    int opaque =
        IntStream.rangeClosed(FIRST_PRIVATE_TYPE, LAST_PRIVATE_TYPE)
            .filter(type -> places.stream().noneMatch(place -> place.type(wire) == type))
            .findFirst()
            .orElseThrow();
    List<Place> additional =
        places.stream().filter(place -> place.section() == Section.ADDITIONAL).toList();
    if ((long) additional.size() * wire.length > MOST_BYTES) {
      return null;
    }
    // Records stay where they are, for others may point into them. The codec does not look into
    // data of an unassigned type.
    byte[] copy = wire.clone();
    additional.forEach(place -> place.write(copy, opaque));
    if (!readable(copy)) {
      return null;
    }
    List<String> malformed = new ArrayList<>();
    for (int i = 0; i < additional.size(); i++) {
      Place place = additional.get(i);
      int type = place.type(wire);
      place.write(copy, type);
      if (!readable(copy)) {
        if (type == Type.OPT || type == Type.TSIG) {
          return null; // they say how the rest is meant
        }
        place.write(copy, opaque);
        int length = place.dataEnd(wire) - place.data();
        malformed.add(
            "record %d of the additional section, %s with %d bytes of data"
                .formatted(i + 1, Type.string(type), length));
      }
    }
    try {
      Message message = new PartlyRead(copy, malformed);
      for (Record record : List.copyOf(message.getSection(Section.ADDITIONAL))) {
        if (record.getType() == opaque) {
          message.removeRecord(record, Section.ADDITIONAL);
        }
      }
      return message;
    } catch (IOException | RuntimeException _) {
      return null;
    }
  }

  private static boolean readable(byte[] wire) {
    try {
      new Message(wire);
      return true;
    } catch (IOException | RuntimeException _) {
      return false;
    }
  }
}
