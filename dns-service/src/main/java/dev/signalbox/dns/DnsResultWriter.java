package dev.signalbox.dns;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.SerializerProvider;
import dev.signalbox.contracts.dns.DnsFlags;
import dev.signalbox.contracts.dns.DnsQuestion;
import dev.signalbox.contracts.dns.DnsRecord;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.platform.json.RecordWriter;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes DNS results without reflection, exactly as Jackson would. A stream writes tens of
 * thousands of them a second, and until the JVM has compiled it, Jackson's way through the
 * components of a record takes twice the time. Parts that few results have are left to Jackson.
 */
public final class DnsResultWriter extends RecordWriter<DnsResult> {

  private static final long serialVersionUID = 1L;

  private static final SerializableString DOMAIN = new SerializedString("domain");
  private static final SerializableString IP_ADDRESS = new SerializedString("ip_address");
  private static final SerializableString RCODE = new SerializedString("rcode");
  private static final SerializableString RCODE_VALUE = new SerializedString("rcode_value");
  private static final SerializableString FLAGS = new SerializedString("flags");
  private static final SerializableString AA = new SerializedString("aa");
  private static final SerializableString TC = new SerializedString("tc");
  private static final SerializableString RD = new SerializedString("rd");
  private static final SerializableString RA = new SerializedString("ra");
  private static final SerializableString AD = new SerializedString("ad");
  private static final SerializableString CD = new SerializedString("cd");
  private static final SerializableString QUESTION = new SerializedString("question");
  private static final SerializableString ANSWERS = new SerializedString("answers");
  private static final SerializableString AUTHORITY = new SerializedString("authority");
  private static final SerializableString ADDITIONAL = new SerializedString("additional");
  private static final SerializableString NAME = new SerializedString("name");
  private static final SerializableString TYPE = new SerializedString("type");
  private static final SerializableString TTL = new SerializedString("ttl");
  private static final SerializableString DATA = new SerializedString("data");
  private static final SerializableString MALFORMED = new SerializedString("malformed");
  private static final SerializableString EDNS = new SerializedString("edns");
  private static final SerializableString DNSSEC = new SerializedString("dnssec");
  private static final SerializableString RESOLVER = new SerializedString("resolver");
  private static final SerializableString PROTOCOL = new SerializedString("protocol");
  private static final SerializableString TCP_FALLBACK = new SerializedString("tcp_fallback");
  private static final SerializableString ATTEMPTS = new SerializedString("attempts");
  private static final SerializableString CACHED = new SerializedString("cached");
  private static final SerializableString TIMINGS_MS = new SerializedString("timings_ms");
  private static final SerializableString CONNECT = new SerializedString("connect");
  private static final SerializableString TLS = new SerializedString("tls");
  private static final SerializableString QUERY = new SerializedString("query");
  private static final SerializableString TRACE = new SerializedString("trace");
  private static final SerializableString FOLLOWED = new SerializedString("followed");
  private static final SerializableString NOT_FOLLOWED = new SerializedString("not_followed");

  /** For the loader of services. */
  public DnsResultWriter() {
    super(DnsResult.class);
  }

  @Override
  public void serialize(DnsResult result, JsonGenerator out, SerializerProvider provider)
      throws IOException {
    out.writeStartObject(result);
    text(out, DOMAIN, result.domain());
    text(out, IP_ADDRESS, result.ipAddress());
    text(out, RCODE, result.rcode());
    number(out, RCODE_VALUE, result.rcodeValue());
    flags(out, result.flags());
    question(out, result.question());
    records(out, ANSWERS, result.answers());
    records(out, AUTHORITY, result.authority());
    records(out, ADDITIONAL, result.additional());
    rare(out, MALFORMED, result.malformed(), provider);
    rare(out, EDNS, result.edns(), provider);
    rare(out, DNSSEC, result.dnssec(), provider);
    text(out, RESOLVER, result.resolver());
    text(out, PROTOCOL, result.protocol());
    bool(out, TCP_FALLBACK, result.tcpFallback());
    number(out, ATTEMPTS, result.attempts());
    bool(out, CACHED, result.cached());
    timings(out, result.timingsMs());
    rare(out, TRACE, result.trace(), provider);
    rare(out, FOLLOWED, result.followed(), provider);
    rare(out, NOT_FOLLOWED, result.notFollowed(), provider);
    out.writeEndObject();
  }

  private static void flags(JsonGenerator out, DnsFlags flags) throws IOException {
    out.writeFieldName(FLAGS);
    out.writeStartObject(flags);
    bool(out, AA, flags.aa());
    bool(out, TC, flags.tc());
    bool(out, RD, flags.rd());
    bool(out, RA, flags.ra());
    bool(out, AD, flags.ad());
    bool(out, CD, flags.cd());
    out.writeEndObject();
  }

  private static void question(JsonGenerator out, List<DnsQuestion> questions) throws IOException {
    out.writeFieldName(QUESTION);
    out.writeStartArray(questions, questions.size());
    for (DnsQuestion question : questions) {
      out.writeStartObject(question);
      text(out, NAME, question.name());
      text(out, TYPE, question.type());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void records(JsonGenerator out, SerializableString name, List<DnsRecord> records)
      throws IOException {
    out.writeFieldName(name);
    out.writeStartArray(records, records.size());
    for (DnsRecord record : records) {
      out.writeStartObject(record);
      text(out, NAME, record.name());
      text(out, TYPE, record.type());
      out.writeFieldName(TTL);
      out.writeNumber(record.ttl());
      text(out, DATA, record.data());
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void timings(JsonGenerator out, DnsTimings timings) throws IOException {
    out.writeFieldName(TIMINGS_MS);
    out.writeStartObject(timings);
    millis(out, CONNECT, timings.connect());
    millis(out, TLS, timings.tls());
    millis(out, QUERY, timings.query());
    out.writeEndObject();
  }

  private static void text(JsonGenerator out, SerializableString name, @Nullable String value)
      throws IOException {
    out.writeFieldName(name);
    out.writeString(value); // Writes null as such.
  }

  private static void number(JsonGenerator out, SerializableString name, int value)
      throws IOException {
    out.writeFieldName(name);
    out.writeNumber(value);
  }

  private static void bool(JsonGenerator out, SerializableString name, boolean value)
      throws IOException {
    out.writeFieldName(name);
    out.writeBoolean(value);
  }

  private static void millis(JsonGenerator out, SerializableString name, @Nullable Double value)
      throws IOException {
    out.writeFieldName(name);
    if (value == null) {
      out.writeNull();
    } else {
      out.writeNumber(value.doubleValue());
    }
  }

  private static void rare(
      JsonGenerator out,
      SerializableString name,
      @Nullable Object value,
      SerializerProvider provider)
      throws IOException {
    out.writeFieldName(name);
    if (value == null) {
      out.writeNull();
    } else {
      provider.defaultSerializeValue(value, out);
    }
  }
}
