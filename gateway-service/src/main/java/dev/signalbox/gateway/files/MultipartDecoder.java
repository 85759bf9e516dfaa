package dev.signalbox.gateway.files;

import dev.signalbox.gateway.error.HttpException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder.EndOfDataDecoderException;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder.TooLongFormFieldException;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder.TooManyFormFieldsException;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.netty.handler.codec.http.multipart.MemoryAttribute;
import io.netty.handler.codec.http.multipart.MemoryFileUpload;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a form (RFC 7578) into its files. Netty finds the parts; their bytes go through to the
 * caller instead of into memory or a temporary file, and the values of fields are dropped.
 */
final class MultipartDecoder implements AutoCloseable {

  /** What comes out, in this order for each file: {@code Begin Data* End}. */
  sealed interface Event {}

  /**
   * A file begins.
   *
   * @param fileName as the client says it, for its eyes alone
   * @param mediaType Content-Type of the part
   */
  record Begin(String fileName, String mediaType) implements Event {}

  /** Bytes of the file, at least one. */
  record Data(Buffer bytes) implements Event {}

  /** The file is whole. */
  record End() implements Event {}

  /** Fields and files of one form. */
  static final int MAX_PARTS = 128;

  /** Headers of one part, or what follows the last. */
  static final int MAX_HEADER_BYTES = 8 * 1024;

  /** All that is not content of files: fields, headers, delimiters. */
  static final int MAX_OTHER_BYTES = 1024 * 1024;

  /** Netty recurses once for each part that is empty, so it gets no more at a time. */
  private static final int SLICE_BYTES = 8 * 1024;

  private final HttpPostMultipartRequestDecoder decoder;
  private final List<Event> events = new ArrayList<>();
  private @Nullable Buffer data;
  private long otherBytes;

  /**
   * @param contentType the request's
   * @throws HttpException 400 when it has no boundary
   */
  MultipartDecoder(String contentType) {
    DefaultHttpRequest request =
        new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/upload");
    try {
      request.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
      decoder =
          new HttpPostMultipartRequestDecoder(
              new Parts(), request, StandardCharsets.UTF_8, MAX_PARTS, MAX_HEADER_BYTES);
    } catch (RuntimeException _) {
      throw HttpException.malformed("The Content-Type has no usable boundary");
    }
    decoder.setDiscardThreshold(SLICE_BYTES);
  }

  /**
   * Takes a piece of the body.
   *
   * @throws HttpException 400 when it is not a form, 413 when it holds too much beside its files
   */
  List<Event> decode(Buffer piece) {
    byte[] bytes = piece.getBytes();
    for (int at = 0; at < bytes.length; at += SLICE_BYTES) {
      int length = Math.min(SLICE_BYTES, bytes.length - at);
      otherBytes += length;
      offer(Unpooled.wrappedBuffer(bytes, at, length));
      if (otherBytes > MAX_OTHER_BYTES) {
        throw HttpException.tooLarge(
            "The form has more than " + MAX_OTHER_BYTES + " bytes beside its files");
      }
    }
    flush();
    List<Event> found = List.copyOf(events);
    events.clear();
    return found;
  }

  // Netty throws exceptions of many types at what is malformed, such as an index out of bounds.
  private void offer(ByteBuf slice) {
    try {
      decoder.offer(new DefaultHttpContent(slice));
    } catch (TooManyFormFieldsException _) {
      throw HttpException.tooLarge("The form has more than " + MAX_PARTS + " parts");
    } catch (TooLongFormFieldException _) {
      throw HttpException.tooLarge(
          "The headers of a part of the form have more than " + MAX_HEADER_BYTES + " bytes");
    } catch (RuntimeException _) {
      throw malformed();
    }
  }

  /**
   * Takes the end of the body.
   *
   * @throws HttpException 400 when the form is not at its end
   */
  void end() {
    try {
      decoder.offer(new DefaultLastHttpContent());
      while (decoder.hasNext()) {
        decoder.next();
      }
    } catch (EndOfDataDecoderException _) {
      return;
    } catch (RuntimeException _) {
      throw malformed();
    }
    throw HttpException.malformed("The form ends without its last boundary");
  }

  private static HttpException malformed() {
    return HttpException.malformed("The body is not a form as multipart/form-data has it");
  }

  private void onData(Buffer bytes) {
    otherBytes -= bytes.length();
    data = data == null ? bytes : data.appendBuffer(bytes);
  }

  private void flush() {
    Buffer bytes = data;
    if (bytes != null) {
      data = null;
      events.add(new Data(bytes));
    }
  }

  @Override
  public void close() {
    decoder.destroy();
  }

  /** A file whose bytes are passed on as they come. */
  private final class PassedOn extends MemoryFileUpload {

    PassedOn(
        String name,
        String fileName,
        String mediaType,
        String coding,
        @Nullable Charset charset,
        long size) {
      super(name, fileName, mediaType, coding, charset, size);
    }

    @Override
    public void addContent(ByteBuf bytes, boolean last) {
      try {
        if (bytes.isReadable()) {
          byte[] copy = new byte[bytes.readableBytes()];
          bytes.readBytes(copy);
          onData(Buffer.buffer(copy));
        }
      } finally {
        bytes.release();
      }
      if (last) {
        flush();
        events.add(new End());
        setCompleted();
      }
    }
  }

  /** A field whose value is dropped. */
  private static final class Dropped extends MemoryAttribute {

    Dropped(String name) {
      super(name);
    }

    @Override
    public void addContent(ByteBuf bytes, boolean last) {
      bytes.release();
      if (last) {
        setCompleted();
      }
    }
  }

  /** Makes the parts that Netty finds. There is nothing to clean: no part holds bytes. */
  @SuppressWarnings("deprecation") // the interface still has methods of the older names
  private final class Parts implements HttpDataFactory {

    @Override
    public Attribute createAttribute(HttpRequest request, String name) {
      return new Dropped(name);
    }

    @Override
    public Attribute createAttribute(HttpRequest request, String name, long size) {
      return new Dropped(name);
    }

    /** A parameter of a part's header. */
    @Override
    public Attribute createAttribute(HttpRequest request, String name, String value) {
      try {
        return new MemoryAttribute(name, value);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public FileUpload createFileUpload(
        HttpRequest request,
        String name,
        String fileName,
        String mediaType,
        String coding,
        @Nullable Charset charset,
        long size) {
      events.add(new Begin(fileName, mediaType));
      return new PassedOn(name, fileName, mediaType, coding, charset, size);
    }

    @Override
    public void setMaxLimit(long maxSize) {}

    @Override
    public void removeHttpDataFromClean(HttpRequest request, InterfaceHttpData data) {}

    @Override
    public void cleanRequestHttpData(HttpRequest request) {}

    @Override
    public void cleanAllHttpData() {}

    @Override
    public void cleanRequestHttpDatas(HttpRequest request) {}

    @Override
    public void cleanAllHttpDatas() {}
  }
}
