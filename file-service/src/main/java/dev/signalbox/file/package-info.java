/**
 * file-service: a directory served to others. Files are found, read by pieces, listed, replaced and
 * deleted; what is written becomes visible only whole and on disk.
 */
@NullMarked
package dev.signalbox.file;

import org.jspecify.annotations.NullMarked;
