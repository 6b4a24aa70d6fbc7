use nest_core::prelude::*;

#[derive(Debug, PartialEq, PepRecord)]
#[pep(max_blocks = 200, max_bits = 5960)]
struct Note {
    field_0: bool,
    #[pep(range = 0..=100)]
    field_1: u8,
    #[pep(max_bytes = 15)]
    field_2: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_3: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_4: f32,
    field_5: bool,
    #[pep(range = 0..=100)]
    field_6: u8,
    #[pep(max_bytes = 15)]
    field_7: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_8: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_9: f32,
    field_10: bool,
    #[pep(range = 0..=100)]
    field_11: u8,
    #[pep(max_bytes = 15)]
    field_12: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_13: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_14: f32,
    field_15: bool,
    #[pep(range = 0..=100)]
    field_16: u8,
    #[pep(max_bytes = 15)]
    field_17: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_18: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_19: f32,
    field_20: bool,
    #[pep(range = 0..=100)]
    field_21: u8,
    #[pep(max_bytes = 15)]
    field_22: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_23: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_24: f32,
    field_25: bool,
    #[pep(range = 0..=100)]
    field_26: u8,
    #[pep(max_bytes = 15)]
    field_27: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_28: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_29: f32,
    field_30: bool,
    #[pep(range = 0..=100)]
    field_31: u8,
    #[pep(max_bytes = 15)]
    field_32: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_33: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_34: f32,
    field_35: bool,
    #[pep(range = 0..=100)]
    field_36: u8,
    #[pep(max_bytes = 15)]
    field_37: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_38: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_39: f32,
    field_40: bool,
    #[pep(range = 0..=100)]
    field_41: u8,
    #[pep(max_bytes = 15)]
    field_42: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_43: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_44: f32,
    field_45: bool,
    #[pep(range = 0..=100)]
    field_46: u8,
    #[pep(max_bytes = 15)]
    field_47: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_48: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_49: f32,
    field_50: bool,
    #[pep(range = 0..=100)]
    field_51: u8,
    #[pep(max_bytes = 15)]
    field_52: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_53: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_54: f32,
    field_55: bool,
    #[pep(range = 0..=100)]
    field_56: u8,
    #[pep(max_bytes = 15)]
    field_57: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_58: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_59: f32,
    field_60: bool,
    #[pep(range = 0..=100)]
    field_61: u8,
    #[pep(max_bytes = 15)]
    field_62: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_63: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_64: f32,
    field_65: bool,
    #[pep(range = 0..=100)]
    field_66: u8,
    #[pep(max_bytes = 15)]
    field_67: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_68: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_69: f32,
    field_70: bool,
    #[pep(range = 0..=100)]
    field_71: u8,
    #[pep(max_bytes = 15)]
    field_72: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_73: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_74: f32,
    field_75: bool,
    #[pep(range = 0..=100)]
    field_76: u8,
    #[pep(max_bytes = 15)]
    field_77: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_78: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_79: f32,
    field_80: bool,
    #[pep(range = 0..=100)]
    field_81: u8,
    #[pep(max_bytes = 15)]
    field_82: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_83: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_84: f32,
    field_85: bool,
    #[pep(range = 0..=100)]
    field_86: u8,
    #[pep(max_bytes = 15)]
    field_87: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_88: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_89: f32,
    field_90: bool,
    #[pep(range = 0..=100)]
    field_91: u8,
    #[pep(max_bytes = 15)]
    field_92: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_93: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_94: f32,
    field_95: bool,
    #[pep(range = 0..=100)]
    field_96: u8,
    #[pep(max_bytes = 15)]
    field_97: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_98: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_99: f32,
    field_100: bool,
    #[pep(range = 0..=100)]
    field_101: u8,
    #[pep(max_bytes = 15)]
    field_102: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_103: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_104: f32,
    field_105: bool,
    #[pep(range = 0..=100)]
    field_106: u8,
    #[pep(max_bytes = 15)]
    field_107: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_108: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_109: f32,
    field_110: bool,
    #[pep(range = 0..=100)]
    field_111: u8,
    #[pep(max_bytes = 15)]
    field_112: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_113: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_114: f32,
    field_115: bool,
    #[pep(range = 0..=100)]
    field_116: u8,
    #[pep(max_bytes = 15)]
    field_117: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_118: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_119: f32,
    field_120: bool,
    #[pep(range = 0..=100)]
    field_121: u8,
    #[pep(max_bytes = 15)]
    field_122: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_123: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_124: f32,
    field_125: bool,
    #[pep(range = 0..=100)]
    field_126: u8,
    #[pep(max_bytes = 15)]
    field_127: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_128: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_129: f32,
    field_130: bool,
    #[pep(range = 0..=100)]
    field_131: u8,
    #[pep(max_bytes = 15)]
    field_132: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_133: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_134: f32,
    field_135: bool,
    #[pep(range = 0..=100)]
    field_136: u8,
    #[pep(max_bytes = 15)]
    field_137: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_138: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_139: f32,
    field_140: bool,
    #[pep(range = 0..=100)]
    field_141: u8,
    #[pep(max_bytes = 15)]
    field_142: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_143: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_144: f32,
    field_145: bool,
    #[pep(range = 0..=100)]
    field_146: u8,
    #[pep(max_bytes = 15)]
    field_147: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_148: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_149: f32,
    field_150: bool,
    #[pep(range = 0..=100)]
    field_151: u8,
    #[pep(max_bytes = 15)]
    field_152: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_153: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_154: f32,
    field_155: bool,
    #[pep(range = 0..=100)]
    field_156: u8,
    #[pep(max_bytes = 15)]
    field_157: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_158: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_159: f32,
    field_160: bool,
    #[pep(range = 0..=100)]
    field_161: u8,
    #[pep(max_bytes = 15)]
    field_162: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_163: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_164: f32,
    field_165: bool,
    #[pep(range = 0..=100)]
    field_166: u8,
    #[pep(max_bytes = 15)]
    field_167: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_168: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_169: f32,
    field_170: bool,
    #[pep(range = 0..=100)]
    field_171: u8,
    #[pep(max_bytes = 15)]
    field_172: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_173: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_174: f32,
    field_175: bool,
    #[pep(range = 0..=100)]
    field_176: u8,
    #[pep(max_bytes = 15)]
    field_177: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_178: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_179: f32,
    field_180: bool,
    #[pep(range = 0..=100)]
    field_181: u8,
    #[pep(max_bytes = 15)]
    field_182: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_183: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_184: f32,
    field_185: bool,
    #[pep(range = 0..=100)]
    field_186: u8,
    #[pep(max_bytes = 15)]
    field_187: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_188: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_189: f32,
    field_190: bool,
    #[pep(range = 0..=100)]
    field_191: u8,
    #[pep(max_bytes = 15)]
    field_192: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_193: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_194: f32,
    field_195: bool,
    #[pep(range = 0..=100)]
    field_196: u8,
    #[pep(max_bytes = 15)]
    field_197: String,
    #[pep(range = -1000..=1000, absent = 1001)]
    field_198: Option<i32>,
    #[pep(decimals = 1, range = 0.0..=100.0)]
    field_199: f32,
}

fn main() {
    let note = Note {
        field_0: true,
        field_1: 1,
        field_2: "2".to_owned(),
        field_3: Some(-3),
        field_4: 4.5,
        field_5: true,
        field_6: 6,
        field_7: "7".to_owned(),
        field_8: Some(-8),
        field_9: 9.5,
        field_10: true,
        field_11: 11,
        field_12: "12".to_owned(),
        field_13: Some(-13),
        field_14: 14.5,
        field_15: true,
        field_16: 16,
        field_17: "17".to_owned(),
        field_18: Some(-18),
        field_19: 19.5,
        field_20: true,
        field_21: 21,
        field_22: "22".to_owned(),
        field_23: Some(-23),
        field_24: 24.5,
        field_25: true,
        field_26: 26,
        field_27: "27".to_owned(),
        field_28: Some(-28),
        field_29: 29.5,
        field_30: true,
        field_31: 31,
        field_32: "32".to_owned(),
        field_33: Some(-33),
        field_34: 34.5,
        field_35: true,
        field_36: 36,
        field_37: "37".to_owned(),
        field_38: Some(-38),
        field_39: 39.5,
        field_40: true,
        field_41: 41,
        field_42: "42".to_owned(),
        field_43: Some(-43),
        field_44: 44.5,
        field_45: true,
        field_46: 46,
        field_47: "47".to_owned(),
        field_48: Some(-48),
        field_49: 49.5,
        field_50: true,
        field_51: 51,
        field_52: "52".to_owned(),
        field_53: Some(-53),
        field_54: 54.5,
        field_55: true,
        field_56: 56,
        field_57: "57".to_owned(),
        field_58: Some(-58),
        field_59: 59.5,
        field_60: true,
        field_61: 61,
        field_62: "62".to_owned(),
        field_63: Some(-63),
        field_64: 64.5,
        field_65: true,
        field_66: 66,
        field_67: "67".to_owned(),
        field_68: Some(-68),
        field_69: 69.5,
        field_70: true,
        field_71: 71,
        field_72: "72".to_owned(),
        field_73: Some(-73),
        field_74: 74.5,
        field_75: true,
        field_76: 76,
        field_77: "77".to_owned(),
        field_78: Some(-78),
        field_79: 79.5,
        field_80: true,
        field_81: 81,
        field_82: "82".to_owned(),
        field_83: Some(-83),
        field_84: 84.5,
        field_85: true,
        field_86: 86,
        field_87: "87".to_owned(),
        field_88: Some(-88),
        field_89: 89.5,
        field_90: true,
        field_91: 91,
        field_92: "92".to_owned(),
        field_93: Some(-93),
        field_94: 94.5,
        field_95: true,
        field_96: 96,
        field_97: "97".to_owned(),
        field_98: Some(-98),
        field_99: 99.5,
        field_100: true,
        field_101: 1,
        field_102: "102".to_owned(),
        field_103: Some(-103),
        field_104: 4.5,
        field_105: true,
        field_106: 6,
        field_107: "107".to_owned(),
        field_108: Some(-108),
        field_109: 9.5,
        field_110: true,
        field_111: 11,
        field_112: "112".to_owned(),
        field_113: Some(-113),
        field_114: 14.5,
        field_115: true,
        field_116: 16,
        field_117: "117".to_owned(),
        field_118: Some(-118),
        field_119: 19.5,
        field_120: true,
        field_121: 21,
        field_122: "122".to_owned(),
        field_123: Some(-123),
        field_124: 24.5,
        field_125: true,
        field_126: 26,
        field_127: "127".to_owned(),
        field_128: Some(-128),
        field_129: 29.5,
        field_130: true,
        field_131: 31,
        field_132: "132".to_owned(),
        field_133: Some(-133),
        field_134: 34.5,
        field_135: true,
        field_136: 36,
        field_137: "137".to_owned(),
        field_138: Some(-138),
        field_139: 39.5,
        field_140: true,
        field_141: 41,
        field_142: "142".to_owned(),
        field_143: Some(-143),
        field_144: 44.5,
        field_145: true,
        field_146: 46,
        field_147: "147".to_owned(),
        field_148: Some(-148),
        field_149: 49.5,
        field_150: true,
        field_151: 51,
        field_152: "152".to_owned(),
        field_153: Some(-153),
        field_154: 54.5,
        field_155: true,
        field_156: 56,
        field_157: "157".to_owned(),
        field_158: Some(-158),
        field_159: 59.5,
        field_160: true,
        field_161: 61,
        field_162: "162".to_owned(),
        field_163: Some(-163),
        field_164: 64.5,
        field_165: true,
        field_166: 66,
        field_167: "167".to_owned(),
        field_168: Some(-168),
        field_169: 69.5,
        field_170: true,
        field_171: 71,
        field_172: "172".to_owned(),
        field_173: Some(-173),
        field_174: 74.5,
        field_175: true,
        field_176: 76,
        field_177: "177".to_owned(),
        field_178: Some(-178),
        field_179: 79.5,
        field_180: true,
        field_181: 81,
        field_182: "182".to_owned(),
        field_183: Some(-183),
        field_184: 84.5,
        field_185: true,
        field_186: 86,
        field_187: "187".to_owned(),
        field_188: Some(-188),
        field_189: 89.5,
        field_190: true,
        field_191: 91,
        field_192: "192".to_owned(),
        field_193: Some(-193),
        field_194: 94.5,
        field_195: true,
        field_196: 96,
        field_197: "197".to_owned(),
        field_198: Some(-198),
        field_199: 99.5,
    };
    let pep = note.to_pep().unwrap();
    assert_eq!(pep.structure(), Note::structure());
    assert_eq!(Note::from_pep(&pep).unwrap(), note);
    assert_eq!((Note::BLOCKS, Note::SCHEMA.fields.len()), (200, 200));
}
