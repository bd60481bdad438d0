// Class names of well-known data sets, one per line.
#pragma once

namespace nv {

extern const char* const imagenet_names;

inline constexpr const char* mnist_names = "0\n1\n2\n3\n4\n5\n6\n7\n8\n9";
inline constexpr const char* fashion_mnist_names =
    "T-shirt/top\nTrouser\nPullover\nDress\nCoat\nSandal\nShirt\nSneaker\nBag\nAnkle boot";
inline constexpr const char* cifar10_names =
    "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck";
inline constexpr const char* cifar100_names =
    "apple\naquarium_fish\nbaby\nbear\nbeaver\nbed\nbee\nbeetle\nbicycle\nbottle\nbowl\nboy\nbridge\n"
    "bus\nbutterfly\ncamel\ncan\ncastle\ncaterpillar\ncattle\nchair\nchimpanzee\nclock\ncloud\n"
    "cockroach\ncouch\ncrab\ncrocodile\ncup\ndinosaur\ndolphin\nelephant\nflatfish\nforest\nfox\n"
    "girl\nhamster\nhouse\nkangaroo\nkeyboard\nlamp\nlawn_mower\nleopard\nlion\nlizard\nlobster\n"
    "man\nmaple_tree\nmotorcycle\nmountain\nmouse\nmushroom\noak_tree\norange\norchid\notter\n"
    "palm_tree\npear\npickup_truck\npine_tree\nplain\nplate\npoppy\nporcupine\npossum\nrabbit\n"
    "raccoon\nray\nroad\nrocket\nrose\nsea\nseal\nshark\nshrew\nskunk\nskyscraper\nsnail\nsnake\n"
    "spider\nsquirrel\nstreetcar\nsunflower\nsweet_pepper\ntable\ntank\ntelephone\ntelevision\n"
    "tiger\ntractor\ntrain\ntrout\ntulip\nturtle\nwardrobe\nwhale\nwillow_tree\nwolf\nwoman\nworm";

}  // namespace nv
