# nv_embed_font(TARGET NAME FILE): the bytes of FILE in TARGET, between the symbols nv_font_NAME and
# nv_font_NAME_end. The assembler's .incbin costs no compile time, unlike an array in a source file.
enable_language(ASM)
function(nv_embed_font target name file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/font_${name}.S)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
    .section .rodata
    .global nv_font_@name@, nv_font_@name@_end
    .balign 16
nv_font_@name@:
    .incbin "@file@"
nv_font_@name@_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
]])
  set_source_files_properties(${source} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
endfunction()
