package dev.signalbox.testsupport;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** What a {@link FakeDnsServer} does with a query. */
@FunctionalInterface
public interface DnsBehaviour {

  /** Answers the query, rightly, wrongly or not at all. */
  void respond(DnsExchange exchange) throws IOException;

  /** The right answer. */
  static DnsBehaviour answer() {
    return exchange -> exchange.send(exchange.answer());
  }

  /** Silence. */
  static DnsBehaviour drop() {
    return exchange -> {};
  }

  /** A behaviour after a while. */
  static DnsBehaviour delay(Duration delay, DnsBehaviour behaviour) {
    return exchange -> exchange.after(delay, behaviour);
  }

  /** Several behaviours for one query, in this order. */
  static DnsBehaviour all(DnsBehaviour... behaviours) {
    return exchange -> {
      for (DnsBehaviour behaviour : behaviours) {
        behaviour.respond(exchange);
      }
    };
  }

  /** One behaviour over UDP, another over TCP. */
  static DnsBehaviour byProtocol(DnsBehaviour udp, DnsBehaviour tcp) {
    return exchange -> (exchange.tcp() ? tcp : udp).respond(exchange);
  }

  /** An answer without records, with a response code such as {@code Rcode.SERVFAIL}. */
  static DnsBehaviour rcode(int rcode) {
    return exchange -> {
      Message reply = exchange.reply();
      reply.getHeader().setRcode(rcode);
      exchange.send(reply);
    };
  }

  /** Over UDP an empty answer with the TC flag; over TCP the right one. */
  static DnsBehaviour truncate() {
    return byProtocol(
        exchange -> {
          Message reply = exchange.reply();
          reply.getHeader().setFlag(Flags.TC);
          exchange.send(reply);
        },
        answer());
  }

  /** The right answer under another id. */
  static DnsBehaviour wrongId() {
    return exchange -> {
      Message answer = exchange.answer();
      answer.getHeader().setID(answer.getHeader().getID() ^ 0x5555);
      exchange.send(answer);
    };
  }

  /** An answer to another question, under the right id. */
  static DnsBehaviour wrongQuestion() {
    return exchange -> {
      Message answer = exchange.answer();
      Record asked = exchange.query().getQuestion();
      answer.removeAllRecords(Section.QUESTION);
      answer.addRecord(
          Record.newRecord(
              Name.fromConstantString("another.question.test."),
              asked.getType(),
              asked.getDClass()),
          Section.QUESTION);
      exchange.send(answer);
    };
  }

  /** The right answer, over UDP from a port that was not asked. */
  static DnsBehaviour fromAnotherPort() {
    return exchange -> exchange.sendFromAnotherPort(exchange.answer());
  }

  /** The right answer with the name in lower case, as servers do that fold case. */
  static DnsBehaviour lowerCase() {
    return exchange -> {
      byte[] wire = exchange.answer().toWire();
      int end = 12 + exchange.query().getQuestion().getName().length();
      for (int i = 12; i < end; i++) {
        wire[i] = (byte) Character.toLowerCase(wire[i]);
      }
      exchange.send(wire);
    };
  }

  /** Header and question of the right answer, and then nonsense. */
  static DnsBehaviour malformed() {
    return exchange -> {
      byte[] wire = exchange.answer().toWire();
      int questionEnd = 12 + exchange.query().getQuestion().getName().length() + 4;
      for (int i = questionEnd; i < wire.length; i++) {
        wire[i] = (byte) 0xFF;
      }
      // A count that nothing stands behind makes it unreadable whatever follows.
      wire[6] = (byte) 0x7F;
      exchange.send(wire);
    };
  }

  /** An answer with the TC flag that ends inside its last record, whatever the protocol. */
  static DnsBehaviour cutInsideARecord() {
    return exchange -> {
      Message answer = exchange.answer();
      answer.getHeader().setFlag(Flags.TC);
      answer.removeAllRecords(Section.ADDITIONAL);
      byte[] wire = answer.toWire();
      exchange.send(Arrays.copyOf(wire, wire.length - 1));
    };
  }

  /** The right answer with the TC flag, whatever the protocol. */
  static DnsBehaviour truncateForEver() {
    return exchange -> {
      Message answer = exchange.answer();
      answer.getHeader().setFlag(Flags.TC);
      exchange.send(answer);
    };
  }

  /** An alias of the name asked for to itself. */
  static DnsBehaviour aliasOfItself() {
    return exchange -> {
      Message answer = exchange.reply();
      Name name = exchange.query().getQuestion().getName();
      answer.addRecord(new CNAMERecord(name, DClass.IN, 60, name), Section.ANSWER);
      exchange.send(answer);
    };
  }

  /**
   * Over TCP the right answer behind a length that is wrong by so many bytes; over UDP, silence.
   */
  static DnsBehaviour wrongLength(int tooMany) {
    return exchange -> {
      byte[] answer = exchange.answer().toWire();
      exchange.sendRaw(frame(answer, answer.length + tooMany));
    };
  }

  /** Over TCP the right answer, byte after byte with a pause before each; over UDP, silence. */
  static DnsBehaviour trickle(Duration pause) {
    return exchange -> {
      byte[] answer = exchange.answer().toWire();
      trickle(exchange, frame(answer, answer.length), 0, pause);
    };
  }

  private static void trickle(DnsExchange exchange, byte[] frame, int at, Duration pause) {
    if (at < frame.length) {
      exchange.after(
          pause,
          later -> {
            later.sendRaw(frame[at]);
            trickle(later, frame, at + 1, pause);
          });
    }
  }

  private static byte[] frame(byte[] message, int length) {
    byte[] frame = new byte[message.length + Short.BYTES];
    frame[0] = (byte) (length >> 8);
    frame[1] = (byte) length;
    System.arraycopy(message, 0, frame, Short.BYTES, message.length);
    return frame;
  }

  /** Resets the TCP connection in the middle of an answer; over UDP, silence. */
  static DnsBehaviour reset() {
    return exchange -> {
      byte[] answer = exchange.answer().toWire();
      exchange.sendRaw(Arrays.copyOf(frame(answer, answer.length), 8));
      exchange.reset();
    };
  }

  /** The right answer from another address of the local host, over UDP. */
  static DnsBehaviour fromAnotherAddress() {
    return exchange -> exchange.sendFromAnotherAddress(exchange.answer());
  }

  /** Exactly these bytes. */
  static DnsBehaviour bytes(byte... message) {
    return exchange -> exchange.send(message);
  }

  /** A server from before EDNS: FORMERR without OPT to a query with OPT, otherwise an answer. */
  static DnsBehaviour withoutEdns() {
    return exchange -> {
      OPTRecord opt = exchange.query().getOPT();
      Message message = opt == null ? exchange.answer() : exchange.reply();
      if (opt != null) {
        message.getHeader().setRcode(Rcode.FORMERR);
        message.removeAllRecords(Section.ADDITIONAL);
      }
      exchange.send(message);
    };
  }

  /** Closes the TCP connection without an answer; over UDP, silence. */
  static DnsBehaviour close() {
    return DnsExchange::close;
  }
}
