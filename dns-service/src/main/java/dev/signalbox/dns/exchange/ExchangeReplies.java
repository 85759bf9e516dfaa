package dev.signalbox.dns.exchange;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.dnsclient.message.Freshness;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.transport.Fault;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** From outcomes to messages that answer a query. */
final class ExchangeReplies {

  private static final int LONGEST_MESSAGE = 65_535;
  private static final int HIGHEST_PLAIN_RCODE = 15;

  /** What the length of a padded answer is a multiple of, RFC 8467 section 4.1. */
  private static final int PADDING_BLOCK = 468;

  private final int udpSize;

  /**
   * @param udpSize what the answers say we take over UDP
   */
  ExchangeReplies(int udpSize) {
    this.udpSize = udpSize;
  }

  /** A resolver's answer in the form that this client asked for. */
  DnsExchangeReply answered(ExchangeQuery query, Question question, Answered answered) {
    Message found = answered.message();
    Message reply = frame(query);
    for (int flag : new int[] {Flags.AA, Flags.TC, Flags.RA, Flags.AD}) {
      if (found.getHeader().getFlag(flag)) {
        reply.getHeader().setFlag(flag);
      }
    }
    copy(found, reply, Section.ANSWER);
    copy(found, reply, Section.AUTHORITY);
    copy(found, reply, Section.ADDITIONAL);
    finish(query, reply, found.getRcode(), options(query, found));
    return reply(reply, Freshness.of(found, question).seconds());
  }

  /** SERVFAIL, because no resolver answered; with the reason if the client has EDNS (RFC 8914). */
  DnsExchangeReply unanswered(ExchangeQuery query, Unanswered unanswered) {
    Message reply = frame(query);
    EDNSOption reason =
        new ExtendedErrorCodeOption(extendedError(unanswered.fault()), unanswered.reason());
    finish(query, reply, Rcode.SERVFAIL, List.of(reason));
    return reply(reply, 0);
  }

  /** A refusal, without a query to a resolver. */
  DnsExchangeReply refused(ExchangeQuery query, int rcode) {
    Message reply = frame(query);
    finish(query, reply, rcode, List.of());
    return reply(reply, 0);
  }

  /** NOTIMP to what is no query: a DNS error in a good HTTP answer (RFC 8484 section 4.2.1). */
  static DnsExchangeReply notImplemented(ExchangeQuery.Read.NotImplemented other) {
    Message reply = new Message(other.id());
    Header header = reply.getHeader();
    header.setFlag(Flags.QR);
    header.setOpcode(other.opcode());
    if (other.recursionDesired()) {
      header.setFlag(Flags.RD);
    }
    header.setRcode(Rcode.NOTIMP);
    return reply(reply, 0);
  }

  private static Message frame(ExchangeQuery query) {
    Message reply = new Message(query.id());
    Header header = reply.getHeader();
    header.setFlag(Flags.QR);
    if (query.recursionDesired()) {
      header.setFlag(Flags.RD);
    }
    if (query.checkingDisabled()) {
      header.setFlag(Flags.CD);
    }
    reply.addRecord(query.question(), Section.QUESTION);
    return reply;
  }

  private static void copy(Message from, Message to, int section) {
    for (Record record : from.getSection(section)) {
      // EDNS and signatures of messages are between two neighbours and go no further.
      int type = record.getType();
      if (type != Type.OPT && type != Type.TSIG) {
        to.addRecord(record, section);
      }
    }
  }

  /** What of the resolver's EDNS is about the answer, not about the way to that resolver. */
  private static List<EDNSOption> options(ExchangeQuery query, Message found) {
    OPTRecord opt = found.getOPT();
    List<EDNSOption> options = new ArrayList<>(1);
    if (opt != null) {
      for (EDNSOption option : opt.getOptions()) {
        if (option instanceof ExtendedErrorCodeOption
            || (option instanceof ClientSubnetOption && query.clientSubnet() != null)) {
          options.add(option);
        }
      }
    }
    return options;
  }

  private void finish(ExchangeQuery query, Message reply, int rcode, List<EDNSOption> options) {
    if (query.opt() == null) {
      // The upper bits of a code have no place without EDNS.
      reply.getHeader().setRcode(rcode > HIGHEST_PLAIN_RCODE ? Rcode.SERVFAIL : rcode);
      return;
    }
    reply.getHeader().setRcode(rcode & HIGHEST_PLAIN_RCODE);
    int flags = query.dnssecOk() ? ExtendedFlags.DO : 0;
    if (!query.padded()) {
      reply.addRecord(new OPTRecord(udpSize, rcode >> 4, 0, flags, options), Section.ADDITIONAL);
      return;
    }
    List<EDNSOption> padded = new ArrayList<>(options);
    padded.add(new GenericEDNSOption(EDNSOption.Code.PADDING, new byte[0]));
    OPTRecord unpadded = new OPTRecord(udpSize, rcode >> 4, 0, flags, padded);
    reply.addRecord(unpadded, Section.ADDITIONAL);
    int length = reply.toWire(LONGEST_MESSAGE).length;
    int missing = Math.floorMod(-length, PADDING_BLOCK);
    if (length + missing <= LONGEST_MESSAGE) {
      reply.removeRecord(unpadded, Section.ADDITIONAL);
      padded.removeLast();
      padded.add(new GenericEDNSOption(EDNSOption.Code.PADDING, new byte[missing]));
      reply.addRecord(new OPTRecord(udpSize, rcode >> 4, 0, flags, padded), Section.ADDITIONAL);
    }
  }

  private static DnsExchangeReply reply(Message reply, long freshSeconds) {
    return new DnsExchangeReply(new Binary(reply.toWire(LONGEST_MESSAGE)), freshSeconds);
  }

  private static int extendedError(Fault fault) {
    return switch (fault) {
      case TIMEOUT -> ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY;
      case UNREACHABLE, LOST, TLS -> ExtendedErrorCodeOption.NETWORK_ERROR;
      case OVERLOADED -> ExtendedErrorCodeOption.NOT_READY;
      case PROTOCOL, LIMIT, BLOCKED, UNKNOWN_HOST, REFUSED, CANCELLED ->
          ExtendedErrorCodeOption.OTHER;
    };
  }
}
