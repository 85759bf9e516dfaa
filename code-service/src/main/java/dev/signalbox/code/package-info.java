/**
 * Gives every uuid a code of its own for ever, and keeps the messages of those who know their code:
 * durable before they are acknowledged, chained by hashes, and in a log file for people to read.
 */
@NullMarked
package dev.signalbox.code;

import org.jspecify.annotations.NullMarked;
