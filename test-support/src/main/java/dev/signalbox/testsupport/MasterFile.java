package dev.signalbox.testsupport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;

/** Records of tests in master file notation, with names from the root. */
public final class MasterFile {

  private static final long NO_TTL = -1;
  private static final long TTL = 60;

  private MasterFile() {}

  /** The record of a line, which has a TTL. */
  public static Record record(String line) {
    List<Record> records = read(line, NO_TTL);
    if (records.size() != 1) {
      throw new IllegalArgumentException("not one record: " + line);
    }
    return records.getFirst();
  }

  /** Records divided by semicolon and space; those without a TTL have 60 seconds. */
  public static List<Record> records(String text) {
    return read(text.replace("; ", "\n"), TTL);
  }

  private static List<Record> read(String lines, long ttl) {
    byte[] bytes = lines.getBytes(StandardCharsets.UTF_8);
    try (Master master = new Master(new ByteArrayInputStream(bytes), Name.root, ttl)) {
      List<Record> records = new ArrayList<>();
      for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
        records.add(record);
      }
      return records;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
